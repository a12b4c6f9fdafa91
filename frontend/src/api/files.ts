import { authorised, readJson, STORAGE } from "./http";
import type { City, DownloadOffer, Page, Place, StoredFile } from "./types";

export interface FileQuery {
  q?: string;
  folder?: string;
  folder_id?: string;
  deep?: string;
  sort?: string;
  order?: string;
  cursor?: string | null;
  limit?: number;
}

export function listFiles(query: FileQuery, signal?: AbortSignal): Promise<Page<StoredFile>> {
  return readJson(authorised(`${STORAGE}/files`, { query: { ...query }, signal }));
}

export function getFile(id: string): Promise<StoredFile> {
  return readJson(authorised(`${STORAGE}/files/${id}`));
}

/** Renames the file as the server has it now: a change made meanwhile elsewhere is a 412. */
export async function renameFile(id: string, name: string): Promise<StoredFile> {
  const seen = await authorised(`${STORAGE}/files/${id}`);
  const tag = seen.headers.get("ETag");
  const headers: Record<string, string> = tag === null ? {} : { "If-Match": tag };
  return readJson(authorised(`${STORAGE}/files/${id}`, { method: "PATCH", body: { name }, headers }));
}

export async function deleteFile(id: string): Promise<void> {
  await authorised(`${STORAGE}/files/${id}`, { method: "DELETE" });
}

export function offerDownload(id: string): Promise<DownloadOffer> {
  return readJson(authorised(`${STORAGE}/files/${id}/download`));
}

export async function listCities(): Promise<City[]> {
  const page = await readJson<Page<City>>(authorised(`${STORAGE}/servers`));
  return page.items;
}

/** Where the server takes this client to be. */
export async function locate(): Promise<Place> {
  return (await readJson<{ place: Place }>(authorised(`${STORAGE}/route`))).place;
}
