import { defineStore } from "pinia";
import { shallowRef } from "vue";

import type { Entry } from "./entry";

/** What is on its way to another folder: cut by a key, or dragged by the pointer. */
export const useMoving = defineStore("moving", () => {
  const cut = shallowRef<Entry[]>([]);
  const dragged = shallowRef<Entry[]>([]);

  function isCut(id: string): boolean {
    return cut.value.some((entry) => entry.id === id);
  }

  return { cut, dragged, isCut };
});
