import { readJson, send, STORAGE } from "./http";
import type { OpenedFile, Shared } from "./types";

/** Lists what is in the folder of a link, or with `deep` all files below it, by the pass of the link. */
export function listShared(
  token: string,
  pass: string | null,
  query: { path?: string; deep?: "true"; cursor?: string | null; limit?: number },
): Promise<Shared> {
  return readJson(send(`${STORAGE}/s/${encodeURIComponent(token)}/files`, { query, headers: shown(pass) }));
}

/** Opens a file of the folder; by its own pass once more, without being counted again. */
export function openShared(token: string, pass: string | null, id: string, signal?: AbortSignal): Promise<OpenedFile> {
  const path = `${STORAGE}/s/${encodeURIComponent(token)}/files/${id}/open`;
  return readJson(send(path, { method: "POST", headers: shown(pass), ...(signal && { signal }) }));
}

function shown(pass: string | null): Record<string, string> {
  return pass === null ? {} : { "X-Link-Pass": pass };
}
