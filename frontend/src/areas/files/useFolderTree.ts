import { onBeforeUnmount, onMounted, ref, shallowReactive } from "vue";

import { listFolders } from "@/api/folders";
import { asProblem, type Problem } from "@/api/problem";
import type { Folder } from "@/api/types";
import { newest } from "@/kit/newest";

import { useFolders } from "./folders";

const PAGE = 200;
/** Under which name the folders without a folder above them are known. */
export const TOP = "";

/** Folders by the folder they are in, as far as that is opened; kept in step with what is done elsewhere. */
export function useFolderTree() {
  const folders = useFolders();
  const opened = shallowReactive(new Map<string, Folder[]>());
  const problem = ref<Problem | null>(null);
  const readings = new Map<string, () => () => boolean>();

  function begin(id: string): () => boolean {
    const begins = readings.get(id) ?? newest();
    readings.set(id, begins);
    return begins();
  }

  async function open(id: string): Promise<void> {
    if (opened.has(id)) return;
    problem.value = null;
    const isNewest = begin(id);
    try {
      const found = await read(id);
      if (isNewest()) opened.set(id, found);
    } catch (reason) {
      if (isNewest()) problem.value = asProblem(reason);
    }
  }

  async function read(id: string): Promise<Folder[]> {
    const found: Folder[] = [];
    for (let cursor: string | null = null, isFirst = true; isFirst || cursor !== null; isFirst = false) {
      const page = await listFolders({ parent_id: id || null, limit: PAGE, cursor });
      found.push(...page.items);
      cursor = page.next;
    }
    for (const folder of found) folders.byId.set(folder.id, folder);
    return found;
  }

  async function toggle(id: string): Promise<void> {
    if (!opened.has(id) || id === TOP) return open(id);
    begin(id);
    opened.delete(id);
  }

  /** What cannot be read again stays as it is, unless it is gone. */
  async function readAgain(id: string): Promise<void> {
    const isNewest = begin(id);
    try {
      const found = await read(id);
      if (isNewest()) opened.set(id, found);
    } catch (reason) {
      if (isNewest() && asProblem(reason).status === 404) opened.delete(id);
    }
  }

  const refresh = async () => void (await Promise.all([...opened.keys()].map(readAgain)));
  const member = { take: () => void refresh(), drop: () => void refresh(), refresh };
  onMounted(() => {
    folders.lists.add(member);
    void open(TOP);
  });
  onBeforeUnmount(() => folders.lists.delete(member));

  return { opened, problem, open, toggle };
}
