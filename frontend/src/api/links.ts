import { unlessGone } from "./gone";
import { authorised, readJson, send, STORAGE } from "./http";
import type { Link, LinkChange, NewLink, OpenedLink, Page, PublicLink, Thing } from "./types";

/** What a link is, for whoever has its address. */
export function lookAtLink(token: string): Promise<PublicLink> {
  return readJson(send(`${STORAGE}/s/${encodeURIComponent(token)}`));
}

/** Opens a link by its password, or again by the pass that the first time gave. */
export function openLink(token: string, password: string, pass: string | null): Promise<OpenedLink> {
  const headers: Record<string, string> = pass === null ? {} : { "X-Link-Pass": pass };
  const path = `${STORAGE}/s/${encodeURIComponent(token)}/open`;
  return readJson(send(path, { method: "POST", body: { password }, headers }));
}

export function listLinks(cursor: string | null = null): Promise<Page<Link>> {
  return readJson(authorised(`${STORAGE}/links`, { query: { cursor } }));
}

export function listLinksOf({ kind, id }: Thing): Promise<Page<Link>> {
  return readJson(authorised(`${STORAGE}/${kind}s/${id}/links`, { query: { limit: 200 } }));
}

export function createLink({ kind, id }: Thing, body: NewLink): Promise<Link> {
  return readJson(authorised(`${STORAGE}/${kind}s/${id}/links`, { method: "POST", body }));
}

export function changeLink(id: string, body: LinkChange): Promise<Link> {
  return readJson(authorised(`${STORAGE}/links/${id}`, { method: "PATCH", body }));
}

export async function endLink(id: string): Promise<void> {
  await authorised(`${STORAGE}/links/${id}`, { method: "DELETE" }).catch(unlessGone("LINK_NOT_FOUND"));
}
