import { computed, onBeforeUnmount, onMounted, type Ref, ref } from "vue";

import { recall, remember } from "@/kit/remember";
import { useMediaQuery } from "@/kit/useMediaQuery";

import type { Layout } from "./useLines";

export type { Layout };

export type View = "table" | "tiles";

const ROW = { wide: 42, narrow: 58 };
const TILE = { width: 172, height: 168, gap: 12 };

/** Rows or tiles, as chosen in this browser, and how much room each takes. */
export function useView(place: Ref<HTMLElement | null>) {
  const view = ref<View>(recall("view") === "tiles" ? "tiles" : "table");
  const isNarrow = useMediaQuery("(max-width: 599px)");
  const width = ref(0);

  const layout = computed<Layout>(() => {
    if (view.value === "table") return { height: isNarrow.value ? ROW.narrow : ROW.wide, perLine: 1 };
    const fewest = isNarrow.value ? 2 : 1;
    const fit = Math.floor((width.value + TILE.gap) / (TILE.width + TILE.gap));
    return { height: TILE.height + TILE.gap, perLine: Math.max(fewest, fit) };
  });

  function choose(wanted: View): void {
    view.value = wanted;
    remember("view", wanted === "table" ? null : wanted);
  }

  const measure = () => (width.value = place.value?.clientWidth ?? 0);
  const watcher = typeof ResizeObserver === "undefined" ? undefined : new ResizeObserver(measure);
  onMounted(() => {
    measure();
    if (place.value !== null) watcher?.observe(place.value);
  });
  onBeforeUnmount(() => watcher?.disconnect());

  return { view, layout, choose };
}
