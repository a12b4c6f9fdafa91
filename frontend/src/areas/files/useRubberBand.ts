import { onBeforeUnmount, onMounted, ref } from "vue";

import type { Layout } from "./useLines";

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const FROM_PX = 5;
const EDGE_PX = 48;
const NOT_FROM = "button, a, input, [draggable=true], .v-overlay, nav, header, [data-no-band]";

/** Which entries a box touches; `list` is the box of all of them, in the same measure. */
export function touched(box: Box, list: Box, { height, perLine }: Layout, count: number): number[] {
  if (box.right < list.left || box.left > list.right) return [];
  const width = (list.right - list.left) / perLine;
  const within = (value: number, most: number) => Math.min(most, Math.max(0, Math.floor(value)));
  const [first, last] = [within((box.top - list.top) / height, 1e9), (box.bottom - list.top) / height];
  if (last < 0) return [];
  const [from, to] = [box.left, box.right].map((x) => within((x - list.left) / width, perLine - 1)) as [number, number];
  const found: number[] = [];
  for (let line = first; line <= Math.min(Math.floor(last), Math.ceil(count / perLine) - 1); line += 1) {
    for (let place = from; place <= to; place += 1) found.push(line * perLine + place);
  }
  return found.filter((index) => index < count);
}

/** A box drawn by the mouse from where nothing else can be dragged; tells what it touches. */
export function useRubberBand(
  area: () => HTMLElement | null,
  onStart: (keeps: boolean) => void,
  onBox: (box: Box) => void,
) {
  /** In pixels of the document. */
  const box = ref<Box | null>(null);
  let start: { x: number; y: number; keeps: boolean } | null = null;
  let pointer = { x: 0, y: 0 };
  let frame = 0;

  function down(event: PointerEvent): void {
    const { target } = event;
    if (event.button !== 0 || event.pointerType !== "mouse" || !(target instanceof Element)) return;
    if (target.closest(NOT_FROM) !== null || area()?.closest("main")?.contains(target) !== true) return;
    start = { x: event.pageX, y: event.pageY, keeps: event.ctrlKey || event.metaKey || event.shiftKey };
  }

  function moved(event: PointerEvent): void {
    if (start === null) return;
    pointer = { x: event.clientX, y: event.clientY };
    const isFar = Math.hypot(event.pageX - start.x, event.pageY - start.y) > FROM_PX;
    if (box.value === null && !isFar) return;
    if (box.value === null) {
      onStart(start.keeps);
      document.getSelection()?.removeAllRanges();
      frame = requestAnimationFrame(follow);
    }
    event.preventDefault();
    stretch();
  }

  function stretch(): void {
    if (start === null || frame === 0) return;
    const [x, y] = [pointer.x + window.scrollX, pointer.y + window.scrollY];
    box.value = {
      left: Math.min(start.x, x),
      top: Math.min(start.y, y),
      right: Math.max(start.x, x),
      bottom: Math.max(start.y, y),
    };
    onBox(box.value);
  }

  /** Near the edges of the window the list goes on by itself. */
  function follow(): void {
    if (start === null) return;
    const under = pointer.y - (window.innerHeight - EDGE_PX);
    const over = EDGE_PX - pointer.y;
    if (under > 0 || over > 0) {
      window.scrollBy(0, under > 0 ? under / 2 : -over / 2);
      stretch();
    }
    frame = requestAnimationFrame(follow);
  }

  function up(): void {
    if (box.value !== null) swallowClick();
    start = null;
    box.value = null;
    cancelAnimationFrame(frame);
    frame = 0;
  }

  /** The click that ends a box is none on what is below it. */
  function swallowClick(): void {
    const swallow = (event: Event) => event.stopPropagation();
    window.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => window.removeEventListener("click", swallow, { capture: true }));
  }

  const listeners = { pointerdown: down, pointermove: moved, pointerup: up, pointercancel: up, scroll: stretch };
  const each = (work: "addEventListener" | "removeEventListener") => {
    for (const [name, listener] of Object.entries(listeners)) document[work](name, listener as EventListener);
  };
  onMounted(() => each("addEventListener"));
  onBeforeUnmount(() => {
    each("removeEventListener");
    up();
  });

  return box;
}
