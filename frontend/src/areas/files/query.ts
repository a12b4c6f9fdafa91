import type { StoredFile } from "@/api/types";

export type Sort = "name" | "size" | "created_at";
export type Order = "asc" | "desc";

/** Which files a list shows, and in which order. */
export interface FileQuery {
  q: string;
  sort: Sort;
  order: Order;
}

export const NEWEST_FIRST: FileQuery = { q: "", sort: "created_at", order: "desc" };

/** The first order of a column: names from A, the largest and the newest first. */
export function firstOrder(sort: Sort): Order {
  return sort === "name" ? "asc" : "desc";
}

export function keyOf({ q, sort, order }: FileQuery): string {
  return `${sort} ${order} ${q}`;
}

/** Whether a file belongs to the list, as the server would say. */
export function belongs(file: StoredFile, { q }: FileQuery): boolean {
  return file.trashed_at === null && file.name.toLowerCase().includes(q.toLowerCase());
}

/** Negative when `one` comes before `other` in the list. */
export function compare(one: StoredFile, other: StoredFile, { sort, order }: FileQuery): number {
  const way = order === "asc" ? 1 : -1;
  const [left, right] = [one[sort], other[sort]];
  if (left === right) return one.id < other.id ? -way : way;
  return left < right ? -way : way;
}
