import type { Ref } from "vue";

import { type Entry, isFolder } from "./entry";
import { useMoving } from "./moving";
import type { Browser } from "./useBrowser";
import { useDropTarget } from "./useDropTarget";
import type { Entries } from "./useEntries";

const LONG_PRESS_MS = 500;
const STILL_PX = 10;

/** What the pointer does in the list: choose, open, ask for a menu, drag. */
export function usePointer(list: Entries, browser: Browser, ghost: Ref<HTMLElement | null>, focus: () => void) {
  const moving = useMoving();
  const target = useDropTarget();
  let isTouch = false;
  let press: { timer: ReturnType<typeof setTimeout>; x: number; y: number } | null = null;
  /** The finger has asked for the menu: lifting it is no click. */
  let hasPressed = false;

  function entryAt(event: Event): Entry | undefined {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-entry]") : null;
    return row === null ? undefined : list.entryOf(row.dataset["entry"] ?? "");
  }

  function openMenu(entry: Entry, where: { activator?: HTMLElement; at?: [number, number] }): void {
    if (!browser.selection.chosen.has(entry.id)) browser.selection.only(entry.id);
    browser.show({ what: "actions", ...where });
  }

  function click(event: MouseEvent): void {
    const entry = entryAt(event);
    if (event.target instanceof Element && event.target.closest("button, input") !== null) return;
    if (hasPressed) return void (hasPressed = false);
    if (entry === undefined) return browser.selection.clear();
    if (!isTouch) browser.selection.click(entry.id, event);
    else if (browser.selection.count > 0) browser.selection.toggle(entry.id);
    else if (isFolder(entry)) return browser.open(entry);
    else browser.selection.only(entry.id);
    focus();
  }

  function dblclick(event: MouseEvent): void {
    const entry = entryAt(event);
    const isOnButton = event.target instanceof Element && event.target.closest("button, input") !== null;
    if (entry !== undefined && !isTouch && !isOnButton) browser.open(entry);
  }

  function contextmenu(event: MouseEvent): void {
    const entry = entryAt(event);
    if (entry === undefined || browser.renaming === entry.id) return;
    event.preventDefault();
    if (browser.menu === null) openMenu(entry, { at: [event.clientX, event.clientY] });
  }

  function pointerdown(event: PointerEvent): void {
    isTouch = event.pointerType === "touch";
    hasPressed = false;
    const entry = entryAt(event);
    if (!isTouch || entry === undefined) return;
    const at: [number, number] = [event.clientX, event.clientY];
    const open = () => {
      hasPressed = true;
      openMenu(entry, { at });
    };
    press = { timer: setTimeout(open, LONG_PRESS_MS), x: at[0], y: at[1] };
  }

  function pointermove(event: PointerEvent): void {
    if (press !== null && Math.hypot(event.clientX - press.x, event.clientY - press.y) > STILL_PX) lift();
  }

  function lift(): void {
    if (press !== null) clearTimeout(press.timer);
    press = null;
  }

  function dragstart(event: DragEvent): void {
    const entry = entryAt(event);
    if (entry === undefined || isTouch) return event.preventDefault();
    if (!browser.selection.chosen.has(entry.id)) browser.selection.only(entry.id);
    moving.dragged = browser.chosen;
    event.dataTransfer?.setData("text/plain", browser.chosen.map(({ name }) => name).join("\n"));
    if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
    if (ghost.value !== null) {
      ghost.value.textContent = String(browser.chosen.length);
      event.dataTransfer?.setDragImage(ghost.value, 19, 15);
    }
  }

  function folderAt(event: Event): string | undefined {
    const entry = entryAt(event);
    return entry !== undefined && isFolder(entry) ? entry.id : undefined;
  }

  const listeners = {
    click,
    dblclick,
    contextmenu,
    pointerdown,
    pointermove,
    pointerup: lift,
    pointercancel: lift,
    dragstart,
    dragend: () => (moving.dragged = []),
    dragover: (event: DragEvent) => {
      const folder = folderAt(event);
      if (folder === undefined) target.onLeave();
      else target.onOver(event, folder);
    },
    dragleave: target.onLeave,
    drop: (event: DragEvent) => {
      const folder = folderAt(event);
      if (folder !== undefined) target.onDrop(event, folder);
    },
  };

  return { listeners, over: target.over, openMenu };
}
