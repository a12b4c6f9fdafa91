import type { Page, StoredFile } from "@/api/types";

import { compare, type FileQuery } from "./query";

/**
 * Which of the files that are shown an answer would hold if they were still there. Where its last one is shown, too,
 * only those above it: a machine may have another idea of the order of names.
 */
export function coveredBy(
  { items, next }: Page<StoredFile>,
  shown: string[],
  fileOf: (id: string) => StoredFile | undefined,
  query: FileQuery,
): (id: string) => boolean {
  const last = items.at(-1);
  if (next === null || last === undefined) return () => next === null;
  const end = shown.indexOf(last.id);
  const above = new Set(end < 0 ? shown : shown.slice(0, end));
  return (id) => {
    const file = fileOf(id);
    return file === undefined || (above.has(id) && compare(file, last, query) <= 0);
  };
}
