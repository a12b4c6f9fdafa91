import { authorised, readJson, STORAGE } from "./http";
import type { Batch, Folder, Outcome, Page } from "./types";

export interface FolderQuery {
  parent_id?: string | null;
  /** Only what is called so, also further below. */
  q?: string | null;
  cursor?: string | null;
  limit?: number;
}

export function listFolders(query: FolderQuery, signal?: AbortSignal): Promise<Page<Folder>> {
  return readJson(authorised(`${STORAGE}/folders`, { query: { ...query }, signal }));
}

export function getFolder(id: string): Promise<Folder> {
  return readJson(authorised(`${STORAGE}/folders/${id}`));
}

export function createFolder(parentId: string | null, name: string): Promise<Folder> {
  const body = { name, ...(parentId !== null && { parent_id: parentId }) };
  return readJson(authorised(`${STORAGE}/folders`, { method: "POST", body }));
}

/** Renames the folder as the server has it now: a change made meanwhile elsewhere is a 412. */
export async function renameFolder(id: string, name: string): Promise<Folder> {
  const seen = await authorised(`${STORAGE}/folders/${id}`);
  const tag = seen.headers.get("ETag");
  const headers: Record<string, string> = tag === null ? {} : { "If-Match": tag };
  return readJson(authorised(`${STORAGE}/folders/${id}`, { method: "PATCH", body: { name }, headers }));
}

/** Does one thing to many; at most 1,000 at once. */
export function runBatch(batch: Batch): Promise<Outcome> {
  return readJson(authorised(`${STORAGE}/batch`, { method: "POST", body: batch }));
}
