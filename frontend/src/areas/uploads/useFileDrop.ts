import { onBeforeUnmount, onMounted, ref } from "vue";

/** Takes files dropped anywhere on the page; folders cannot be read as files and are left out. */
export function useFileDrop(onDrop: (files: File[], hadFolders: boolean) => void) {
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
    const { files, hadFolders } = filesOf(event.dataTransfer);
    onDrop(files, hadFolders);
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

function filesOf(transfer: DataTransfer | null): { files: File[]; hadFolders: boolean } {
  const entries = Array.from(transfer?.items ?? []).filter((item) => item.kind === "file");
  const files = entries
    .filter((item) => item.webkitGetAsEntry()?.isDirectory !== true)
    .map((item) => item.getAsFile())
    .filter((file) => file !== null);
  return { files, hadFolders: files.length < entries.length };
}
