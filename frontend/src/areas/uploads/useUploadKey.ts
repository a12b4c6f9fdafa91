import { onBeforeUnmount, onMounted } from "vue";

/** The key U presses the first button of a place, wherever nothing is typed and no dialog is open. */
export function useUploadKey(place: () => HTMLElement | null): void {
  function follow({ code, target, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): void {
    if (code !== "KeyU" || altKey || ctrlKey || metaKey || shiftKey) return;
    if (target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
    if (document.querySelector(".v-overlay--active, dialog[open]") === null) place()?.querySelector("button")?.click();
  }

  onMounted(() => document.addEventListener("keydown", follow));
  onBeforeUnmount(() => document.removeEventListener("keydown", follow));
}
