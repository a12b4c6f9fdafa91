import { computed, onBeforeUnmount, onMounted, reactive, type Ref, ref, shallowRef, watch } from "vue";

import { listFiles } from "@/api/files";
import { asProblem, type Problem } from "@/api/problem";
import type { Page, StoredFile } from "@/api/types";

import { coveredBy } from "./covered";
import { useFolders } from "./folders";
import { askedOf, belongs, compare, type FileQuery, keyOf } from "./query";
import { useFiles } from "./store";

const FIRST = 100;
const MOST = 200;
/** As far as a list is read anew; what is shown beyond stays as it is. */
const FARTHEST = 1_000;

type Reading = "no" | "all" | "more" | "again";

/** A list of files on the screen: as far as it has been paged, kept in step with the store. */
export function useFileList(query: Ref<FileQuery>) {
  const files = useFiles();
  const folders = useFolders();
  const ids = shallowRef<string[]>([]);
  const next = ref<string | null>(null);
  const loading = ref<Reading>("no");
  const problem = ref<Problem | null>(null);
  /** The server has answered: what is not shown is not there. */
  const isKnown = ref(false);
  /** Files that belong into what is shown but came from elsewhere: nothing moves until that is asked for. */
  const fresh = shallowRef<ReadonlySet<string>>(new Set());
  let latest = new AbortController();

  const items = computed(() => ids.value.flatMap((id) => files.byId.get(id) ?? []));

  /** Reads the list anew, as long as it is shown now; what lies beyond the answer stays as it is. */
  async function load(): Promise<void> {
    const page = await read("all", reach());
    if (page === null) return;
    const [there, isCovered] = [new Set(page.items.map(({ id }) => id)), coveredOf(page)];
    const rest = ids.value.filter((id) => !there.has(id) && !isCovered(id));
    ids.value = [...there, ...rest];
    fresh.value = new Set();
    if (rest.length === 0) next.value = page.next;
    remember();
  }

  /** Goes before reading again, which would hold up whoever reads on. */
  async function more(): Promise<void> {
    if (next.value === null || loading.value === "all" || loading.value === "more") return;
    const page = await read("more", 0, next.value);
    if (page === null) return;
    const shown = new Set(ids.value);
    ids.value = [...ids.value, ...page.items.map(({ id }) => id).filter((id) => !shown.has(id))];
    next.value = page.next;
    remember();
  }

  /** Reads the list again, and moves nothing that is shown: what is new is counted, what is gone goes. */
  async function refresh(): Promise<boolean> {
    if (loading.value !== "no") return false;
    const reading = read("again", reach());
    const mine = latest;
    const page = await reading;
    if (page === null) return !mine.signal.aborted;
    const [there, shown] = [new Set(page.items.map(({ id }) => id)), new Set(ids.value)];
    const isCovered = coveredOf(page);
    // What comes after the end of what was paged is no news.
    const end = next.value === null ? page.items.length : page.items.findLastIndex(({ id }) => shown.has(id)) + 1;
    for (const id of ids.value) if (!there.has(id) && isCovered(id)) files.drop(id);
    // What is only being uploaded, by this page or another, is not yet.
    const stored = page.items.slice(0, end).filter(({ state }) => state === "stored");
    fresh.value = new Set(stored.map(({ id }) => id).filter((id) => !shown.has(id)));
    return true;
  }

  const reach = () => Math.min(FARTHEST, ids.value.length);
  const coveredOf = (page: Page<StoredFile>) => coveredBy(page, ids.value, (id) => files.byId.get(id), query.value);

  /** Reads at least so many files, if there are; null: that failed, or something newer was asked for. */
  async function read(what: Reading, count: number, from: string | null = null): Promise<Page<StoredFile> | null> {
    latest.abort();
    const mine = (latest = new AbortController());
    loading.value = what;
    try {
      const page = await readPages(count, from, mine.signal);
      problem.value = null;
      isKnown.value = true;
      files.showWaiting();
      for (const file of page.items) files.byId.set(file.id, file);
      return page;
    } catch (reason) {
      if (!mine.signal.aborted) problem.value = asProblem(reason);
      return null;
    } finally {
      if (latest === mine) loading.value = "no";
    }
  }

  async function readPages(count: number, from: string | null, signal: AbortSignal): Promise<Page<StoredFile>> {
    const [asked, items] = [askedOf(query.value), [] as StoredFile[]];
    let cursor = from;
    do {
      const limit = cursor === null ? Math.min(MOST, Math.max(FIRST, count)) : MOST;
      const page: Page<StoredFile> = await listFiles({ ...asked, limit, cursor }, signal);
      items.push(...page.items);
      cursor = page.next;
    } while (cursor !== null && items.length < count);
    return { items, next: cursor };
  }

  /**
   * Takes in a file that is new or has changed. What was done here is shown where it belongs, unless
   * that is beyond the end of what was paged; what came from elsewhere moves nothing.
   */
  function take(file: StoredFile, isOwn: boolean): void {
    const at = ids.value.indexOf(file.id);
    if (!belongs(file, query.value, folders.byId.get(query.value.folderId ?? "")?.path)) return drop(file.id);
    if (at >= 0 && (!isOwn || isInPlace(file, at))) return;
    const without = ids.value.filter((id) => id !== file.id);
    const index = without.findIndex((id) => {
      const shown = files.byId.get(id);
      return shown !== undefined && compare(file, shown, query.value) < 0;
    });
    if (index < 0 && next.value !== null) return void (ids.value = without);
    if (!isOwn) return void (fresh.value = new Set(fresh.value).add(file.id));
    forgetFresh(file.id);
    ids.value = index < 0 ? [...without, file.id] : without.toSpliced(index, 0, file.id);
  }

  function isInPlace(file: StoredFile, at: number): boolean {
    const [before, after] = [ids.value[at - 1], ids.value[at + 1]].map((id) => files.byId.get(id ?? ""));
    return (
      (before === undefined || compare(before, file, query.value) < 0) &&
      (after === undefined || compare(file, after, query.value) < 0)
    );
  }

  function drop(id: string): void {
    if (ids.value.includes(id)) ids.value = ids.value.filter((shown) => shown !== id);
    forgetFresh(id);
  }

  function forgetFresh(id: string): void {
    if (fresh.value.has(id)) fresh.value = new Set([...fresh.value].filter((other) => other !== id));
  }

  /** What was shown under this query before is shown again until it has been read anew. */
  function begin(): void {
    const known = files.remembered.get(keyOf(query.value));
    ids.value = [...(known?.ids ?? [])];
    next.value = known?.next ?? null;
    fresh.value = new Set();
    isKnown.value = false;
    problem.value = null;
    void load();
  }

  function remember(): void {
    files.remembered.set(keyOf(query.value), { ids: [...ids.value], next: next.value });
  }

  const isWhole = () => isKnown.value && next.value === null && query.value.q === "" && query.value.folderId === null;
  const member = { take, drop, refresh, isWhole };
  onMounted(() => {
    files.lists.add(member);
    begin();
  });
  onBeforeUnmount(() => {
    latest.abort();
    files.lists.delete(member);
  });
  watch(() => keyOf(query.value), begin);

  return reactive({ ids, items, next, loading, problem, isKnown, fresh, load, more, refresh });
}
