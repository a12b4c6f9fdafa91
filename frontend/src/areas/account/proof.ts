import { defineStore } from "pinia";
import { ref } from "vue";

import { surroundings } from "@/api/http";
import { useBelongings } from "@/kit/belongings";

/** Some calls want a proof of the last minutes; however many ask at once, the person is asked once. */
export const useProof = defineStore("proof", () => {
  const isAsked = ref(false);
  let waiting: ((isShown: boolean) => void)[] = [];

  surroundings.prove = () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      isAsked.value = true;
    });

  function settle(isShown: boolean): void {
    isAsked.value = false;
    const told = waiting;
    waiting = [];
    for (const tell of told) tell(isShown);
  }

  useBelongings().keep(() => settle(false));

  return { isAsked, settle };
});
