import { nextTick, onUnmounted } from "vue";

/** Gives the focus back to what had it; to the page where that is gone. */
export function giveFocusBack(element: Element | null | undefined): void {
  void nextTick(() => {
    const isThere = element instanceof HTMLElement && element.isConnected && element !== document.body;
    (isThere ? element : document.getElementById("main"))?.focus();
  });
}

/** In a dialog that is there only while it is open: what had the focus before gets it back. */
export function useReturnedFocus(): void {
  const before = document.activeElement;
  onUnmounted(() => giveFocusBack(before));
}
