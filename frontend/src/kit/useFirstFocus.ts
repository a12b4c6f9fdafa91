import { onMounted } from "vue";

/** Puts the cursor into a field at once when its form is shown; later it could be taken from who types. */
export function useFirstFocus(name: string): void {
  onMounted(() => document.getElementsByName(name)[0]?.focus());
}
