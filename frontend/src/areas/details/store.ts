import { defineStore } from "pinia";
import { computed, nextTick, shallowRef } from "vue";

import type { StoredFile } from "@/api/types";
import { useBelongings } from "@/kit/belongings";
import { giveFocusBack } from "@/kit/returnedFocus";

/** The file whose details are shown beside the page, and the one that is looked at over it. */
export const useDetails = defineStore("details", () => {
  const file = shallowRef<StoredFile | null>(null);
  const around = shallowRef<StoredFile[]>([]);
  const at = shallowRef(-1);
  const looked = computed(() => around.value[at.value] ?? null);
  /** Where the focus goes back to. */
  const left: { drawer?: Element | null; look?: Element | null } = {};

  function open(opened: StoredFile): void {
    if (file.value === null) left.drawer = document.activeElement;
    file.value = opened;
  }

  function close(): void {
    file.value = null;
    giveFocusBack(left.drawer);
  }

  /** Looks at a file; the arrow keys go through `others`, the list it stands in. */
  function look(opened: StoredFile, others: StoredFile[] = [opened]): void {
    if (looked.value === null) left.look = document.activeElement;
    const index = others.findIndex(({ id }) => id === opened.id);
    around.value = index < 0 ? [opened] : [...others];
    at.value = Math.max(0, index);
  }

  function step(by: 1 | -1): void {
    const next = at.value + by;
    if (next >= 0 && next < around.value.length) at.value = next;
  }

  function leave(): void {
    at.value = -1;
    giveFocusBack(left.look);
  }

  /** It is gone: nothing of it is shown, and what has the focus elsewhere keeps it. */
  function forget(id: string): void {
    if (file.value?.id === id) {
      file.value = null;
      void focusAgain(left.drawer);
    }
    if (!around.value.some((one) => one.id === id)) return;
    const shown = looked.value?.id;
    around.value = around.value.filter((one) => one.id !== id);
    at.value = around.value.findIndex((one) => one.id === shown);
    if (shown === id) void focusAgain(left.look);
  }

  function reset(): void {
    file.value = left.drawer = left.look = null;
    around.value = [];
    at.value = -1;
  }

  useBelongings().keep(reset);

  return { file, around, at, looked, open, close, look, step, leave, forget };
});

/** Where something disappears that had the focus, it goes back to what had it before. */
async function focusAgain(element?: Element | null): Promise<void> {
  await nextTick();
  if (document.activeElement === null || document.activeElement === document.body) giveFocusBack(element);
}
