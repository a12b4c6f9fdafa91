import { authorised, readJson, STORAGE } from "./http";
import type { DownloadOffer, FileVersion, Page, RankedCity, Replicas, StoredFile } from "./types";

const of = (fileId: string) => `${STORAGE}/files/${fileId}`;

/** The copies of a file, and why other cities have none. */
export function listReplicas(fileId: string): Promise<Replicas> {
  return readJson(authorised(`${of(fileId)}/replicas`));
}

/** The cities for a download of this file from here, the best first. */
export async function rankCities(fileId: string): Promise<RankedCity[]> {
  const route = authorised(`${STORAGE}/route`, { query: { file_id: fileId } });
  return (await readJson<Page<RankedCity>>(route)).items;
}

export function listVersions(fileId: string, cursor: string | null): Promise<Page<FileVersion>> {
  return readJson(authorised(`${of(fileId)}/versions`, { query: { cursor } }));
}

export function restoreVersion(fileId: string, number: number): Promise<StoredFile> {
  return readJson(authorised(`${of(fileId)}/versions/${number}/restore`, { method: "POST" }));
}

export async function deleteVersion(fileId: string, number: number): Promise<void> {
  await authorised(`${of(fileId)}/versions/${number}`, { method: "DELETE" });
}

export function offerVersion(fileId: string, version: number): Promise<DownloadOffer> {
  return readJson(authorised(`${of(fileId)}/download`, { query: { version } }));
}

/** Addresses that the browser shows instead of saving, where the type is safe. */
export function offerLook(fileId: string): Promise<DownloadOffer> {
  return readJson(authorised(`${of(fileId)}/download`, { query: { inline: "true" } }));
}
