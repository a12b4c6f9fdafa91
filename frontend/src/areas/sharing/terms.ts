import type { Link, LinkChange } from "@/api/types";

export const LIFETIMES = { day: 86_400, week: 604_800, month: 2_592_000, year: 31_536_000 } as const;
/** `kept`: as it was, of a link that is changed. */
export type Lifetime = keyof typeof LIFETIMES | "never" | "kept";

/** What a form says of a link. */
export interface Terms {
  name: string;
  lifetime: Lifetime;
  /** Empty: none, or the one it has. */
  password: string;
  dropsPassword: boolean;
  /** As typed; empty: as often as one likes. */
  limit: string;
  isPinned: boolean;
}

export type LinkState = "open" | "expired" | "used" | "away";

export function newTerms(): Terms {
  return { name: "", lifetime: "week", password: "", dropsPassword: false, limit: "", isPinned: false };
}

export function termsOf(link: Link): Terms {
  const limit = link.max_downloads === null ? "" : String(link.max_downloads);
  return { ...newTerms(), name: link.name, lifetime: "kept", limit };
}

/** The body of a request; what stays as it was is left out. */
export function bodyOf(terms: Terms): LinkChange {
  const body: LinkChange = { name: terms.name.trim(), max_downloads: terms.limit === "" ? null : Number(terms.limit) };
  if (terms.lifetime === "never") body.expires_at = null;
  else if (terms.lifetime !== "kept") body.lifetime_seconds = LIFETIMES[terms.lifetime];
  if (terms.password !== "") body.password = terms.password;
  else if (terms.dropsPassword) body.password = null;
  return body;
}

export function isLimitGood(limit: string): boolean {
  return limit === "" || (/^\d{1,7}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= 1_000_000);
}

/** Whether somebody who has the address gets the file now, and if not, why. */
export function stateOf(link: Link, now: number): LinkState {
  if (link.target.name === null) return "away";
  if (link.expires_at !== null && Date.parse(link.expires_at) <= now) return "expired";
  return link.max_downloads !== null && link.downloads >= link.max_downloads ? "used" : "open";
}
