import { defineStore } from "pinia";

/** Empties the stores of what belongs to one person, before the page is somebody else's. */
export const useBelongings = defineStore("belongings", () => {
  const resets = new Set<() => void>();

  /** Every store that holds something of a person says here how it is emptied. */
  function keep(reset: () => void): void {
    resets.add(reset);
  }

  function empty(): void {
    for (const reset of resets) reset();
  }

  return { keep, empty };
});
