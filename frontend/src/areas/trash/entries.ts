import { type Kind, listTrashedFiles, listTrashedFolders } from "@/api/trash";
import type { Folder, Page, StoredFile } from "@/api/types";

/** A file or a folder in the trash. */
export interface Entry {
  kind: Kind;
  id: string;
  name: string;
  /** The path of the folder it was in. */
  where: string;
  /** Of a folder it is not known. */
  size: number | null;
  contentType: string | null;
  versions: number;
  trashedAt: string;
}

const FILES = "files:";

/** Folders come first, then files; the cursor says which of the two lists goes on. */
export async function readTrash(cursor: string | null): Promise<Page<Entry>> {
  if (cursor?.startsWith(FILES)) return readFiles(cursor.slice(FILES.length));
  const folders = await listTrashedFolders(cursor);
  const items = folders.items.map(ofFolder);
  if (folders.next !== null) return { items, next: folders.next };
  const files = await readFiles("");
  return { items: [...items, ...files.items], next: files.next };
}

async function readFiles(cursor: string): Promise<Page<Entry>> {
  const { items, next } = await listTrashedFiles(cursor);
  return { items: items.map(ofFile), next: next === null ? null : FILES + next };
}

export function ofFile(file: StoredFile): Entry {
  const { id, name, size, versions } = file;
  const trashedAt = file.trashed_at ?? file.updated_at;
  return { kind: "file", id, name, where: file.folder, size, versions, contentType: file.content_type, trashedAt };
}

function ofFolder({ id, name, path, trashed_at, updated_at }: Folder): Entry {
  const where = path.slice(0, path.lastIndexOf("/")) || "/";
  return {
    kind: "folder",
    id,
    name,
    where,
    size: null,
    contentType: null,
    versions: 0,
    trashedAt: trashed_at ?? updated_at,
  };
}

/** Where a thing is that was taken out again. */
export function placeOf(restored: StoredFile | Folder): string {
  if ("folder" in restored) return restored.folder;
  return restored.path.slice(0, restored.path.lastIndexOf("/")) || "/";
}
