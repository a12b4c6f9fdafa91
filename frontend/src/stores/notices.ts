import { defineStore } from "pinia";
import { computed, ref } from "vue";

export interface Notice {
  key: number;
  kind: "success" | "info" | "error";
  text: string;
}

/** Short messages at the foot of the page, one after another. */
export const useNotices = defineStore("notices", () => {
  const waiting = ref<Notice[]>([]);
  let lastKey = 0;

  const current = computed(() => waiting.value[0] ?? null);

  function say(kind: Notice["kind"], text: string): void {
    lastKey += 1;
    waiting.value.push({ key: lastKey, kind, text });
  }

  function dismiss(): void {
    waiting.value.shift();
  }

  return { current, say, dismiss };
});
