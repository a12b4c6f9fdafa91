import { computed, onBeforeUnmount, onMounted, reactive, type Ref, ref, watch } from "vue";

import { listFiles } from "@/api/files";
import { asProblem, type Problem } from "@/api/problem";
import type { Page, StoredFile } from "@/api/types";

import { belongs, compare, type FileQuery, keyOf } from "./query";
import { useFiles } from "./store";

const PAGE = 50;
const MOST = 200;

/** A list of files on the screen: as far as it has been paged, kept in step with the store. */
export function useFileList(query: Ref<FileQuery>) {
  const files = useFiles();
  const ids = ref<string[]>([]);
  const next = ref<string | null>(null);
  const loading = ref<"no" | "all" | "more">("no");
  const problem = ref<Problem | null>(null);
  /** The server has answered: what is not shown is not there. */
  const isKnown = ref(false);
  let latest = new AbortController();

  const items = computed(() => ids.value.map((id) => files.byId.get(id)).filter((file) => file !== undefined));

  /** Reads the list anew, as long as it is shown now; what lies beyond one answer stays as it is. */
  async function load(): Promise<void> {
    const shown = ids.value.length;
    const page = await read("all", { limit: Math.min(MOST, Math.max(PAGE, shown)) });
    if (page === null) return;
    const rest = shown > MOST ? restAfter(page.items) : [];
    ids.value = [...page.items.map(({ id }) => id), ...rest];
    if (rest.length === 0) next.value = page.next;
    remember();
  }

  async function more(): Promise<void> {
    const page = await read("more", { limit: PAGE, cursor: next.value });
    if (page === null) return;
    const shown = new Set(ids.value);
    ids.value.push(...page.items.map(({ id }) => id).filter((id) => !shown.has(id)));
    next.value = page.next;
    remember();
  }

  async function read(
    what: "all" | "more",
    part: { limit: number; cursor?: string | null },
  ): Promise<Page<StoredFile> | null> {
    latest.abort();
    const mine = (latest = new AbortController());
    loading.value = what;
    try {
      const page = await listFiles({ ...query.value, ...part }, mine.signal);
      problem.value = null;
      isKnown.value = true;
      for (const file of page.items) files.byId.set(file.id, file);
      return page;
    } catch (reason) {
      if (!mine.signal.aborted) problem.value = asProblem(reason);
      return null;
    } finally {
      if (latest === mine) loading.value = "no";
    }
  }

  /** What is shown and comes after the last file of an answer. */
  function restAfter(page: StoredFile[]): string[] {
    const [last, fresh] = [page.at(-1), new Set(page.map(({ id }) => id))];
    if (last === undefined) return [];
    return items.value
      .filter((file) => !fresh.has(file.id) && compare(file, last, query.value) > 0)
      .map(({ id }) => id);
  }

  /** Takes in a file that is new or has changed; beyond the end of what was paged it is not shown yet. */
  function take(file: StoredFile): void {
    const without = ids.value.filter((id) => id !== file.id);
    const isShown = without.length < ids.value.length;
    if (!belongs(file, query.value)) return void (ids.value = without);
    if (isShown && isInPlace(file)) return;
    const index = without.findIndex((id) => {
      const shown = files.byId.get(id);
      return shown !== undefined && compare(file, shown, query.value) < 0;
    });
    if (index >= 0) without.splice(index, 0, file.id);
    else if (next.value === null) without.push(file.id);
    ids.value = without;
  }

  function isInPlace(file: StoredFile): boolean {
    const at = items.value.findIndex(({ id }) => id === file.id);
    const [before, after] = [items.value[at - 1], items.value[at + 1]];
    return (
      (before === undefined || compare(before, file, query.value) < 0) &&
      (after === undefined || compare(file, after, query.value) < 0)
    );
  }

  function drop(id: string): void {
    ids.value = ids.value.filter((shown) => shown !== id);
  }

  /** What was shown under this query before is shown again until it has been read anew. */
  function begin(): void {
    const known = files.remembered.get(keyOf(query.value));
    ids.value = [...(known?.ids ?? [])];
    next.value = known?.next ?? null;
    isKnown.value = false;
    void load();
  }

  function remember(): void {
    files.remembered.set(keyOf(query.value), { ids: [...ids.value], next: next.value });
  }

  const isWhole = () => isKnown.value && next.value === null && query.value.q === "";
  const member = { take, drop, load, isWhole };
  onMounted(() => {
    files.lists.add(member);
    begin();
  });
  onBeforeUnmount(() => {
    latest.abort();
    files.lists.delete(member);
  });
  watch(() => keyOf(query.value), begin);

  return reactive({ items, next, loading, problem, isKnown, load, more });
}
