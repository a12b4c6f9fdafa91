import type { FileQuery as AskedFiles } from "@/api/files";
import type { Folder, StoredFile } from "@/api/types";

import { fold, sortKey } from "./fold";

export type Sort = "name" | "size" | "updated_at";
export type Order = "asc" | "desc";

/** What a list shows, and in which order: what is in a folder (null: the top), or what a search finds below it. */
export interface FileQuery {
  folderId: string | null;
  q: string;
  /** The search looks everywhere, not only below the folder. */
  everywhere: boolean;
  sort: Sort;
  order: Order;
}

export const BY_NAME: FileQuery = { folderId: null, q: "", everywhere: false, sort: "name", order: "asc" };

/** To sort a long list asks for each of them many times. */
const keys = new WeakMap<Named, string>();
type Named = Folder | StoredFile;

/** The first order of a column: names from A, the largest and the newest first. */
export function firstOrder(sort: Sort): Order {
  return sort === "name" ? "asc" : "desc";
}

/** The same list by another column or, when it is by that one already, the other way round. */
export function sortedBy(query: FileQuery, sort: Sort): FileQuery {
  const turned = query.order === "asc" ? "desc" : "asc";
  return { ...query, sort, order: query.sort === sort ? turned : firstOrder(sort) };
}

export function keyOf({ folderId, q, everywhere, sort, order }: FileQuery): string {
  return [folderId ?? "/", sort, order, everywhere, q].join(" ");
}

/** The same, as the server is asked for files. */
export function askedOf({ folderId, q, everywhere, sort, order }: FileQuery): AskedFiles {
  const order_ = { sort, order };
  if (q === "") return { ...placeOf(folderId), ...order_ };
  if (everywhere || folderId === null) return { q, ...order_ };
  return { q, folder_id: folderId, deep: "true", ...order_ };
}

function placeOf(folderId: string | null): AskedFiles {
  return folderId === null ? { folder: "/" } : { folder_id: folderId };
}

/** Whether a file belongs to the list, as the server would say; `path` is that of the folder, where it is known. */
export function belongs(file: StoredFile, { folderId, q, everywhere }: FileQuery, path?: string): boolean {
  if (file.trashed_at !== null) return false;
  if (q === "") return file.folder_id === folderId;
  if (!fold(file.name).includes(fold(q))) return false;
  return everywhere || folderId === null || isBelow(file.folder, path);
}

function isBelow(folder: string, path: string | undefined): boolean {
  return path === undefined || folder === path || folder.startsWith(`${path}/`);
}

/** Negative when `one` comes before `other` in the list. */
export function compare(one: StoredFile, other: StoredFile, { sort, order }: FileQuery): number {
  const way = order === "asc" ? 1 : -1;
  const apart = sort === "name" ? byName(one, other) : difference(one[sort], other[sort]);
  return way * (apart || difference(one.id, other.id));
}

/** Folders come first, always; they have no size, and are sorted by name then. */
export function compareFolders(one: Folder, other: Folder, { sort, order }: FileQuery): number {
  const isByTime = sort === "updated_at";
  const way = order === "desc" && sort !== "size" ? -1 : 1;
  const apart = isByTime ? difference(one.updated_at, other.updated_at) : byName(one, other);
  return way * (apart || difference(one.id, other.id));
}

function byName(one: Named, other: Named): number {
  return difference(nameKey(one), nameKey(other));
}

function nameKey(named: Named): string {
  const key = keys.get(named) ?? sortKey(named.name);
  keys.set(named, key);
  return key;
}

function difference(left: string | number, right: string | number): number {
  return left === right ? 0 : left < right ? -1 : 1;
}
