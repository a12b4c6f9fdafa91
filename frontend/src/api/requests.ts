/** File requests of the person logged in: an address by which others send files into a folder. */

import { unlessGone } from "./gone";
import { authorised, readJson, STORAGE } from "./http";
import type { FileRequest, NewRequest, Page, RequestChange } from "./types";

const REQUESTS = `${STORAGE}/drops`;

export function listRequests(cursor: string | null = null): Promise<Page<FileRequest>> {
  return readJson(authorised(REQUESTS, { query: { cursor } }));
}

export function createRequest(body: NewRequest): Promise<FileRequest> {
  return readJson(authorised(REQUESTS, { method: "POST", body }));
}

export function changeRequest(id: string, body: RequestChange): Promise<FileRequest> {
  return readJson(authorised(`${REQUESTS}/${id}`, { method: "PATCH", body }));
}

export async function endRequest(id: string): Promise<void> {
  await authorised(`${REQUESTS}/${id}`, { method: "DELETE" }).catch(unlessGone("DROP_NOT_FOUND"));
}
