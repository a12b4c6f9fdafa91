import type { Chosen } from "../upload";
import type { Dropped } from "../useFileDrop";

export interface Tree {
  files: Chosen[];
  /** Paths of folders in which there is nothing. */
  emptyFolders: string[];
  /** How many files and folders could not be read. */
  unread: number;
}

/** Reads what was dropped, folders with all that is below them. */
export async function readTree(dropped: Dropped[]): Promise<Tree> {
  const tree: Tree = { files: [], emptyFolders: [], unread: 0 };
  for (const { entry, handle, file } of dropped) {
    // A file that is on no disk has no handle; some browsers say so by undefined.
    const known = (await handle) ?? null;
    if (known?.kind === "directory") await readFolder(known as FileSystemDirectoryHandle, "", tree);
    else if (entry?.isDirectory === true) await readEntry(entry, "", tree);
    else if (file !== null) tree.files.push({ file, path: "", handle: known as FileSystemFileHandle | null });
    else tree.unread += 1;
  }
  return tree;
}

/** What a picker of folders gives; it leaves out empty ones. */
export function filesOfFolder(files: Iterable<File>): Chosen[] {
  return [...files].map((file) => ({ file, path: folderOf(file.webkitRelativePath), handle: null }));
}

/** What cannot be read is no reason to lose the rest. */
async function attempt(tree: Tree, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch {
    tree.unread += 1;
  }
}

function readFolder(folder: FileSystemDirectoryHandle, path: string, tree: Tree): Promise<void> {
  const own = join(path, folder.name);
  return attempt(tree, async () => {
    let isEmpty = true;
    for await (const handle of valuesOf(folder)) {
      isEmpty = false;
      if (handle.kind === "directory") await readFolder(handle as FileSystemDirectoryHandle, own, tree);
      else await takeFile(handle as FileSystemFileHandle, own, tree);
    }
    if (isEmpty) tree.emptyFolders.push(own);
  });
}

function takeFile(handle: FileSystemFileHandle, path: string, tree: Tree): Promise<void> {
  return attempt(tree, async () => void tree.files.push({ file: await handle.getFile(), path, handle }));
}

/** The older way, which every browser has. */
function readEntry(entry: FileSystemEntry, path: string, tree: Tree): Promise<void> {
  return attempt(tree, async () => {
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
      return void tree.files.push({ file, path, handle: null });
    }
    const own = join(path, entry.name);
    const children = await childrenOf(entry as FileSystemDirectoryEntry);
    for (const child of children) await readEntry(child, own, tree);
    if (children.length === 0) tree.emptyFolders.push(own);
  });
}

/** A reader gives a hundred at a time, until it gives none. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function valuesOf(folder: FileSystemDirectoryHandle): AsyncIterable<FileSystemHandle> {
  return (folder as unknown as { values: () => AsyncIterable<FileSystemHandle> }).values();
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}/${name}`;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
