/** What administrators see and allow of links and file requests. */

import { authorised, readJson, STORAGE } from "./http";
import type { LinkSettings, SharedOut } from "./types";

export function getLinkSettings(): Promise<LinkSettings> {
  return readJson(authorised(`${STORAGE}/admin/link-settings`));
}

export function setLinkSettings(body: LinkSettings): Promise<LinkSettings> {
  return readJson(authorised(`${STORAGE}/admin/link-settings`, { method: "PUT", body }));
}

/** The links of a person by pages; the requests come with the first. */
export function listSharedOut(userId: string, cursor: string | null): Promise<SharedOut> {
  return readJson(authorised(`${STORAGE}/admin/links`, { query: { user_id: userId, cursor } }));
}

export function revokeAll(userId: string): Promise<{ links: number; requests: number }> {
  return readJson(authorised(`${STORAGE}/admin/links/revoke`, { method: "POST", body: { user_id: userId } }));
}
