import { defineStore } from "pinia";
import { shallowRef } from "vue";

import { useBelongings } from "@/kit/belongings";

import type { Entry } from "./entry";

/** What is on its way to another folder: cut by a key, or dragged by the pointer. */
export const useMoving = defineStore("moving", () => {
  const cut = shallowRef<Entry[]>([]);
  const dragged = shallowRef<Entry[]>([]);

  function isCut(id: string): boolean {
    return cut.value.some((entry) => entry.id === id);
  }

  useBelongings().keep(() => (cut.value = dragged.value = []));

  return { cut, dragged, isCut };
});
