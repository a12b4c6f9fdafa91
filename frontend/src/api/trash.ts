import { authorised, readJson, STORAGE } from "./http";
import type { Folder, Page, StoredFile } from "./types";

export type Kind = "file" | "folder";

/** Above these a page would be long: what is in a folder of the trash is counted no further. */
export const MOST = 200;

const pathOf = (kind: Kind, id: string) => `${STORAGE}/${kind}s/${id}`;

export function listTrashedFolders(cursor: string | null): Promise<Page<Folder>> {
  return readJson(authorised(`${STORAGE}/folders`, { query: { trashed: "true", cursor } }));
}

/** What was thrown away last comes first. */
export function listTrashedFiles(cursor: string | null): Promise<Page<StoredFile>> {
  return readJson(authorised(`${STORAGE}/files`, { query: { trashed: "true", sort: "updated_at", cursor } }));
}

export function listInTrashedFolder(id: string): Promise<Page<StoredFile>> {
  const query = { trashed: "true", folder_id: id, deep: "true", limit: MOST };
  return readJson(authorised(`${STORAGE}/files`, { query }));
}

export async function putInTrash(kind: Kind, id: string): Promise<void> {
  await authorised(`${pathOf(kind, id)}/trash`, { method: "POST" });
}

export function restore(kind: Kind, id: string): Promise<StoredFile | Folder> {
  return readJson(authorised(`${pathOf(kind, id)}/restore`, { method: "POST", body: {} }));
}

export async function deleteForEver(kind: Kind, id: string): Promise<void> {
  await authorised(pathOf(kind, id), { method: "DELETE" });
}

export async function emptyTrash(): Promise<void> {
  await authorised(`${STORAGE}/trash`, { method: "DELETE" });
}
