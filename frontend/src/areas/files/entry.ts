import type { Folder, StoredFile } from "@/api/types";

/** A row of the list. */
export type Entry = Folder | StoredFile;

export function isFolder(entry: Entry): entry is Folder {
  return "parent_id" in entry;
}

/** The folder that something is in; null is the top. */
export function placeOf(entry: Entry): string | null {
  return isFolder(entry) ? entry.parent_id : entry.folder_id;
}
