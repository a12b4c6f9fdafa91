import type { AuditEntry } from "@/api/types";

export interface Change {
  name: string;
  before: string;
  after: string;
}

/** What is not the same before and after; empty where there is nothing. */
export function changesOf({ before, after }: Pick<AuditEntry, "before" | "after">): Change[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names
    .map((name) => ({ name, before: show(before?.[name]), after: show(after?.[name]) }))
    .filter((change) => change.before !== change.after);
}

function show(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(String).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value as string | number | boolean);
}
