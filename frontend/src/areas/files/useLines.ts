import { computed, onBeforeUnmount, onMounted, type Ref, ref, watch } from "vue";

/** Lines that exist above and below the window; so many before the end, more are asked for. */
const BEYOND = 12;
const AHEAD = 60;
/** What covers the window: the top row with the heads of the columns, and what floats at its foot. */
const COVERED = { top: 104, bottom: 88 };

export interface Layout {
  /** Pixels from line to line. */
  height: number;
  perLine: number;
}

/**
 * The lines of a long list that are seen, or nearly: only these exist. All are of one height, so where
 * one is takes a multiplication, and a library that measures lines would be larger than the list.
 */
export function useLines(
  place: Ref<HTMLElement | null>,
  count: () => number,
  layout: () => Layout,
  onNearEnd: () => void,
) {
  const first = ref(0);
  const last = ref(0);
  let frame = 0;

  const lines = computed(() => Math.ceil(count() / layout().perLine));
  const total = computed(() => lines.value * layout().height);
  const shown = computed(() => {
    const { height, perLine } = layout();
    const from = Math.min(first.value, Math.max(0, lines.value - 1));
    return Array.from({ length: Math.max(0, Math.min(last.value, lines.value) - from) }, (_, index) => {
      const line = from + index;
      return { line, offset: line * height, from: line * perLine, to: Math.min(count(), (line + 1) * perLine) };
    });
  });

  /** Pixels from the top of the list to the top of the window. */
  function above(): number {
    return -(place.value?.getBoundingClientRect().top ?? 0);
  }

  function look(): void {
    frame = 0;
    const { height } = layout();
    first.value = Math.max(0, Math.floor(above() / height) - BEYOND);
    last.value = Math.max(0, Math.ceil((above() + window.innerHeight) / height) + BEYOND);
    askForMore();
  }

  function askForMore(): void {
    if (last.value + AHEAD > lines.value) onNearEnd();
  }

  function lookSoon(): void {
    if (frame === 0) frame = requestAnimationFrame(look);
  }

  /** Scrolls as little as it takes to see an entry. */
  function reveal(index: number): void {
    if (index < 0) return;
    const { height, perLine } = layout();
    const start = Math.floor(index / perLine) * height;
    const over = start - above() - COVERED.top;
    const under = start + height - above() - window.innerHeight + COVERED.bottom;
    if (over < 0) window.scrollBy(0, over);
    else if (under > 0) window.scrollBy(0, under);
  }

  /** Lines in one window, for the page keys. */
  function perPage(): number {
    return Math.max(1, Math.floor((window.innerHeight - COVERED.top - COVERED.bottom) / layout().height));
  }

  onMounted(() => {
    look();
    window.addEventListener("scroll", lookSoon, { passive: true });
    window.addEventListener("resize", lookSoon);
  });
  onBeforeUnmount(() => {
    cancelAnimationFrame(frame);
    window.removeEventListener("scroll", lookSoon);
    window.removeEventListener("resize", lookSoon);
  });
  watch(() => layout().height, look, { flush: "post" });
  // Where the list is does not depend on how long it is.
  watch(lines, askForMore, { flush: "post" });

  return { shown, total, reveal, perPage };
}
