/** Sharing with people by name. */

import { unlessGone } from "./gone";
import { AUTH, authorised, readJson, STORAGE } from "./http";
import type { Access, Grant, OwnGrant, Page, Person, SharedThing, Thing } from "./types";

const MOST = 200;

/** Somebody whose user name or e-mail address is exactly this. */
export function findPerson(text: string): Promise<Person> {
  const query = text.includes("@") ? { email: text } : { username: text };
  return readJson(authorised(`${AUTH}/people`, { query }));
}

/** Who may see a thing, by itself or with a folder above it. */
export function listGrants(thing: Thing): Promise<Page<Grant>> {
  return readJson(authorised(`${pathOf(thing)}/grants`, { query: { limit: MOST } }));
}

export function share(thing: Thing, userId: string, access: Access): Promise<Omit<Grant, "inherited_from">> {
  return readJson(authorised(`${pathOf(thing)}/grants/${userId}`, { method: "PUT", body: { access } }));
}

export async function endGrant(thing: Thing, userId: string): Promise<void> {
  await authorised(`${pathOf(thing)}/grants/${userId}`, { method: "DELETE" }).catch(unlessGone("GRANT_NOT_FOUND"));
}

/** All that is mine and shared with somebody by name. */
export function listOwnGrants(cursor: string | null): Promise<Page<OwnGrant>> {
  return readJson(authorised(`${STORAGE}/grants`, { query: { limit: MOST, cursor } }));
}

export function listSharedWithMe(cursor: string | null): Promise<Page<SharedThing>> {
  return readJson(authorised(`${STORAGE}/shared-with-me`, { query: { cursor } }));
}

function pathOf({ kind, id }: Thing): string {
  return `${STORAGE}/${kind}s/${id}`;
}
