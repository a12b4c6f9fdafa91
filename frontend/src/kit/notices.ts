import { defineStore } from "pinia";
import { ref } from "vue";

import { useBelongings } from "./belongings";

export interface Notice {
  key: number;
  kind: "success" | "info" | "error";
  text: string;
  /** What a button beside the text does, such as to undo. */
  action?: { text: string; run: () => void };
}

/** The short message at the foot of the page; a newer one takes its place. */
export const useNotices = defineStore("notices", () => {
  const current = ref<Notice | null>(null);
  let lastKey = 0;

  function say(kind: Notice["kind"], text: string, action?: Notice["action"]): void {
    lastKey += 1;
    current.value = { key: lastKey, kind, text, ...(action && { action }) };
  }

  function dismiss(): void {
    current.value = null;
  }

  useBelongings().keep(dismiss);

  return { current, say, dismiss };
});
