import { onBeforeUnmount, onMounted, ref } from "vue";

/** One of the things dropped. They can be asked for only at that moment, and read later. */
export interface Dropped {
  entry: FileSystemEntry | null;
  handle: Promise<FileSystemHandle | null>;
  file: File | null;
}

/** Takes files and folders dropped anywhere on the page. */
export function useFileDrop(onDrop: (dropped: Dropped[]) => void) {
  const isOver = ref(false);
  let depth = 0;

  const enter = (event: DragEvent) => {
    if (!carriesFiles(event)) return;
    depth += 1;
    isOver.value = true;
  };
  const over = (event: DragEvent) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
  };
  const leave = () => {
    depth = Math.max(0, depth - 1);
    isOver.value = depth > 0;
  };
  const drop = (event: DragEvent) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    isOver.value = false;
    onDrop(droppedIn(event.dataTransfer));
  };

  const listeners = { dragenter: enter, dragover: over, dragleave: leave, drop };
  onMounted(() => {
    for (const [name, listener] of Object.entries(listeners)) {
      window.addEventListener(name, listener as EventListener);
    }
  });
  onBeforeUnmount(() => {
    for (const [name, listener] of Object.entries(listeners)) {
      window.removeEventListener(name, listener as EventListener);
    }
  });
  return { isOver };
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

interface HandleGiver {
  getAsFileSystemHandle?: () => Promise<FileSystemHandle | null>;
}

function droppedIn(transfer: DataTransfer | null): Dropped[] {
  return Array.from(transfer?.items ?? [])
    .filter((item) => item.kind === "file")
    .map((item) => ({
      entry: item.webkitGetAsEntry(),
      handle: (item as HandleGiver).getAsFileSystemHandle?.().catch(() => null) ?? Promise.resolve(null),
      file: item.getAsFile(),
    }));
}
