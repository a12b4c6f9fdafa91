import { authorised, readJson, STORAGE } from "./http";
import type { Limits, Page, PersonUsage, Usage } from "./types";

const QUOTAS = `${STORAGE}/admin/quotas`;

export function readUsage(): Promise<Usage> {
  return readJson(authorised(`${STORAGE}/usage`));
}

/** Who stores something or has limits of their own; whoever stores most comes first. */
export function listUsage(cursor: string | null): Promise<Page<PersonUsage>> {
  return readJson(authorised(QUOTAS, { query: { limit: 50, cursor } }));
}

export function usageOf(userId: string): Promise<Omit<PersonUsage, "user_id">> {
  return readJson(authorised(`${QUOTAS}/${userId}`));
}

export function commonLimits(): Promise<Limits> {
  return readJson(authorised(`${QUOTAS}/default`));
}

/** Sets how much a person may store, or with `default`, all who have no limits of their own. */
export async function setLimits(whose: string, limits: Limits): Promise<void> {
  await authorised(`${QUOTAS}/${whose}`, { method: "PUT", body: limits });
}

export async function dropLimits(userId: string): Promise<void> {
  await authorised(`${QUOTAS}/${userId}`, { method: "DELETE" });
}
