import { getFolder } from "@/api/folders";
import { asProblem } from "@/api/problem";
import type { LiveEvent } from "@/api/types";

import { useFolders } from "./folders";
import { useFileNews } from "./news";
import { useFiles } from "./store";

/** Several changes within this time are looked at together. */
const GATHER_MS = 1_000;

let changed = new Set<string>();
/** Whether something was heard that no reading has begun behind. */
let isDue = false;
let timer: ReturnType<typeof setTimeout> | undefined;

const OF_FOLDERS = new Set(["folder.changed", "access.changed"]);

/** Without an event: nobody listened for a while. */
export function hear(event?: LiveEvent): void {
  if (event === undefined) useFiles().reload();
  else useFileNews().hear(event);
  if (event === undefined || OF_FOLDERS.has(event.type)) hearChange({ folder_id: event?.folder_id });
}

/** Something was done to a folder, or to what stands in it, perhaps elsewhere; without an id: to what is shared. */
export function hearChange({ folder_id: id }: Pick<LiveEvent, "folder_id">): void {
  if (id) changed.add(id);
  isDue = true;
  timer ??= setTimeout(() => void lookNow(), GATHER_MS);
}

/** Reads what is shown again; one reading follows the other. */
async function lookNow(): Promise<void> {
  isDue = false;
  try {
    isDue = !(await readAgain()) || isDue;
  } finally {
    timer = undefined;
    if (isDue) hearChange({});
  }
}

/** Whether all lists could be read now. */
async function readAgain(): Promise<boolean> {
  const folders = useFolders();
  const known = [...changed].filter((id) => folders.byId.has(id));
  changed = new Set();
  await Promise.all(known.map(learnAgain));
  const read = await Promise.all([...useFiles().lists].map((list) => list.refresh()));
  await Promise.all([...folders.lists].map((list) => list.refresh()));
  return !read.includes(false);
}

/** A folder may be called otherwise or be elsewhere, and with it all that is below it. */
async function learnAgain(id: string): Promise<void> {
  const folders = useFolders();
  const before = folders.byId.get(id)?.path;
  try {
    const folder = await getFolder(id);
    if (folder.parent_id !== null) await folders.learn(folder.parent_id);
    folders.byId.set(id, folder);
    if (before !== undefined && before !== folder.path) carryBelow(before, folder.path);
  } catch (reason) {
    if (asProblem(reason).status === 404) folders.byId.delete(id);
  }
}

function carryBelow(before: string, now: string): void {
  const { byId } = useFolders();
  for (const folder of byId.values()) {
    if (folder.path.startsWith(`${before}/`)) {
      byId.set(folder.id, { ...folder, path: now + folder.path.slice(before.length) });
    }
  }
}
