import { ref } from "vue";

import { isFolder } from "./entry";
import { useMoving } from "./moving";
import { useEntryActions } from "./useEntryActions";

/** Lets files and folders that are dragged be dropped on a folder; null is the top. */
export function useDropTarget() {
  const moving = useMoving();
  const { move } = useEntryActions();
  /** The folder under the pointer; undefined is none. */
  const over = ref<string | null>();

  function takes(to: string | null): boolean {
    return moving.dragged.length > 0 && !moving.dragged.some((entry) => isFolder(entry) && entry.id === to);
  }

  function onOver(event: DragEvent, to: string | null): void {
    if (!takes(to)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "move";
    over.value = to;
  }

  function onLeave(): void {
    over.value = undefined;
  }

  function onDrop(event: DragEvent, to: string | null): void {
    onLeave();
    if (!takes(to)) return;
    event.preventDefault();
    const entries = moving.dragged;
    moving.dragged = [];
    void move(entries, to);
  }

  return { over, onOver, onLeave, onDrop };
}
