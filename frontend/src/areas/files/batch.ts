import { runBatch } from "@/api/folders";
import type { Batch, Outcome } from "@/api/types";

import { type Entry, isFolder } from "./entry";

const MOST_AT_ONCE = 1_000;

/** What is to be done with all of them; `folder_id` goes with moves only. */
type Wish = Pick<Batch, "action" | "folder_id">;

/** Does it to all of them, however many there are. */
export async function carryOut(wish: Wish, entries: readonly Entry[]): Promise<Outcome> {
  const whole: Outcome = { done: [], failed: [] };
  for (let start = 0; start < entries.length; start += MOST_AT_ONCE) {
    const part = entries.slice(start, start + MOST_AT_ONCE);
    const idsOf = (some: Entry[]) => some.map(({ id }) => id);
    const files = idsOf(part.filter((entry) => !isFolder(entry)));
    const { done, failed } = await runBatch({ ...wish, files, folders: idsOf(part.filter(isFolder)) });
    whole.done.push(...done);
    whole.failed.push(...failed);
  }
  return whole;
}
