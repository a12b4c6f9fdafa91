import { onBeforeUnmount, onMounted, reactive, type Ref, ref, shallowRef, watch } from "vue";

import { listFolders } from "@/api/folders";
import { asProblem, type Problem } from "@/api/problem";
import type { Folder } from "@/api/types";

import { fold } from "./fold";
import { useFolders } from "./folders";
import { compareFolders, type FileQuery } from "./query";

const PAGE = 200;

/**
 * The folders in the one that is open, all of them, in the order of the list; of a search those it finds below.
 * `isBare`: nothing else is shown, which could be moved.
 */
export function useFolderList(query: Ref<FileQuery>, isBare: () => boolean) {
  const folders = useFolders();
  const ids = shallowRef<string[]>([]);
  const problem = ref<Problem | null>(null);
  /** Folders that are new, but not from here: where they belong is shown when that is asked for. */
  const fresh = shallowRef<string[]>([]);
  const isKnown = ref(false);
  let latest = new AbortController();

  async function load(): Promise<void> {
    const found = await read((part) => show(part));
    if (found === null) return;
    show(found);
    isKnown.value = true;
  }

  /** Reads them again, and moves nothing that is shown. */
  async function refresh(): Promise<void> {
    if (!isKnown.value) return load();
    const found = await read();
    if (found === null) return;
    const [there, shown] = [new Set(found.map(({ id }) => id)), new Set(ids.value)];
    if (shown.size === 0 && isBare()) return show(found);
    ids.value = ids.value.filter((id) => there.has(id));
    fresh.value = [...there].filter((id) => !shown.has(id));
  }

  /** Reads all of them; `onPart` is told of what is there already while the rest is still to come. */
  async function read(onPart?: (found: Folder[]) => void): Promise<Folder[] | null> {
    latest.abort();
    const { signal } = (latest = new AbortController());
    const { folderId, q, everywhere } = query.value;
    const asked = { parent_id: everywhere ? null : folderId, q: q || null };
    const found: Folder[] = [];
    try {
      let cursor: string | null = null;
      do {
        const page = await listFolders({ ...asked, limit: PAGE, cursor }, signal);
        for (const folder of page.items) folders.byId.set(folder.id, folder);
        found.push(...page.items);
        cursor = page.next;
        if (cursor !== null) onPart?.(found);
      } while (cursor !== null);
      problem.value = null;
      return found.filter(isWanted);
    } catch (reason) {
      if (!signal.aborted) problem.value = asProblem(reason);
      return null;
    }
  }

  function isWanted(folder: Folder): boolean {
    const { folderId, q, everywhere } = query.value;
    if (folder.trashed_at !== null) return false;
    if (q === "") return folder.parent_id === folderId;
    const above = everywhere || folderId === null ? "" : folders.byId.get(folderId)?.path;
    return fold(folder.name).includes(fold(q)) && folder.path.startsWith(`${above ?? ""}/`);
  }

  function show(found: Folder[]): void {
    ids.value = found
      .filter(isWanted)
      .sort((one, other) => compareFolders(one, other, query.value))
      .map(({ id }) => id);
    fresh.value = [];
  }

  /** Takes in a folder that was made, renamed or moved here. */
  function take(folder: Folder): void {
    const shown = ids.value.map((id) => folders.byId.get(id)).filter((one) => one !== undefined);
    show([...shown.filter(({ id }) => id !== folder.id), folder]);
  }

  function drop(id: string): void {
    if (ids.value.includes(id)) ids.value = ids.value.filter((shown) => shown !== id);
  }

  /** What is known already is shown at once. */
  function begin(): void {
    isKnown.value = false;
    show([...folders.byId.values()]);
    void load();
  }

  const member = { take, drop, refresh };
  onMounted(() => {
    folders.lists.add(member);
    begin();
  });
  onBeforeUnmount(() => {
    latest.abort();
    folders.lists.delete(member);
  });
  watch(() => [query.value.folderId, query.value.q, query.value.everywhere], begin);
  watch(
    () => [query.value.sort, query.value.order],
    () => show(ids.value.flatMap((id) => folders.byId.get(id) ?? [])),
  );

  return reactive({ ids, problem, fresh, isKnown, load, refresh });
}
