/** What administrators do: people, invitations, roles and the audit. */

import { AUTH, authorised, readJson } from "./http";
import type {
  AuditEntry,
  Invitation,
  InvitationWish,
  LoginEntry,
  MadeInvitation,
  Page,
  Permission,
  Person,
  Profile,
  ResetLink,
  Role,
  RoleChange,
  UserChange,
} from "./types";

const MOST = 200;

export interface PeopleQuery {
  q: string;
  role: string;
  /** `true`, `false`, or empty for both. */
  is_active: string;
}

export function listPeople(query: PeopleQuery, cursor: string | null): Promise<Page<Profile>> {
  return readJson(authorised(`${AUTH}/users`, { query: { ...query, limit: 50, cursor } }));
}

export function getPerson(id: string): Promise<Profile> {
  return readJson(authorised(`${AUTH}/users/${id}`));
}

export function changePerson(id: string, change: UserChange): Promise<Profile> {
  return readJson(authorised(`${AUTH}/users/${id}`, { method: "PATCH", body: change }));
}

export async function endSessionsOf(id: string): Promise<void> {
  await authorised(`${AUTH}/users/${id}/logout`, { method: "POST" });
}

export function makeResetLink(id: string): Promise<ResetLink> {
  return readJson(authorised(`${AUTH}/users/${id}/reset`, { method: "POST" }));
}

export function listLoginsOf(id: string, cursor: string | null): Promise<Page<LoginEntry>> {
  return readJson(authorised(`${AUTH}/users/${id}/logins`, { query: { limit: 20, cursor } }));
}

/** Gives a role to somebody, or takes it away. */
export async function setRole(id: string, roleId: string, isGiven: boolean): Promise<void> {
  await authorised(`${AUTH}/users/${id}/roles/${roleId}`, { method: isGiven ? "PUT" : "DELETE" });
}

/** The names of those who are still there, by id; as many as are asked for. */
export async function namesOf(ids: string[]): Promise<Map<string, Person>> {
  const names = new Map<string, Person>();
  for (let start = 0; start < ids.length; start += MOST) {
    const body = { ids: ids.slice(start, start + MOST) };
    const answer = authorised(`${AUTH}/people/names`, { method: "POST", body });
    for (const person of (await readJson<{ items: Person[] }>(answer)).items) names.set(person.id, person);
  }
  return names;
}

export function listInvitations(cursor: string | null): Promise<Page<Invitation>> {
  return readJson(authorised(`${AUTH}/invitations`, { query: { limit: 50, cursor } }));
}

export function invite(wish: InvitationWish): Promise<MadeInvitation> {
  return readJson(authorised(`${AUTH}/invitations`, { method: "POST", body: wish }));
}

export async function takeBackInvitation(id: string): Promise<void> {
  await authorised(`${AUTH}/invitations/${id}`, { method: "DELETE" });
}

export function listRoles(): Promise<Role[]> {
  return readAll("roles");
}

export function listPermissions(): Promise<Permission[]> {
  return readAll("permissions");
}

export function makeRole(name: string, description: string): Promise<Role> {
  return readJson(authorised(`${AUTH}/roles`, { method: "POST", body: { name, description } }));
}

/** The name of a system role stays. */
export function changeRole(id: string, change: RoleChange): Promise<Role> {
  return readJson(authorised(`${AUTH}/roles/${id}`, { method: "PATCH", body: change }));
}

export async function deleteRole(id: string): Promise<void> {
  await authorised(`${AUTH}/roles/${id}`, { method: "DELETE" });
}

/** Puts a permission into a role, or takes it out. */
export async function setPermission(roleId: string, permissionId: string, isIn: boolean): Promise<void> {
  const path = `${AUTH}/roles/${roleId}/permissions/${permissionId}`;
  await authorised(path, { method: isIn ? "PUT" : "DELETE" });
}

export function listAudit(object_id: string, cursor: string | null): Promise<Page<AuditEntry>> {
  return readJson(authorised(`${AUTH}/audit`, { query: { object_id, limit: 50, cursor } }));
}

async function readAll<Item>(what: string): Promise<Item[]> {
  const all: Item[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Item> = await readJson(authorised(`${AUTH}/${what}`, { query: { limit: MOST, cursor } }));
    all.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return all;
}

/** It is off at once, and erased after 30 days; until then switching it on restores it. */
export async function deletePerson(id: string): Promise<void> {
  await authorised(`${AUTH}/users/${id}`, { method: "DELETE" });
}
