import { onBeforeUnmount, onMounted } from "vue";

import { type Command, commandOf, isElsewhere } from "./keys";

/** Hears the keys of the list wherever the focus is, unless they belong to a field, a button or a dialog. */
export function useListKeys(list: () => HTMLElement | null, run: (command: Command) => void): void {
  function follow(event: KeyboardEvent): void {
    if (isElsewhere(event, list())) return;
    const command = commandOf(event);
    if (command === null) return;
    event.preventDefault();
    run(command);
  }

  onMounted(() => document.addEventListener("keydown", follow));
  onBeforeUnmount(() => document.removeEventListener("keydown", follow));
}
