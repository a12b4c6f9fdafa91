import { defineStore } from "pinia";
import { computed, ref } from "vue";

import * as api from "@/api/files";
import { asProblem, type Problem } from "@/api/problem";
import type { Page, StoredFile } from "@/api/types";
import { isSettled } from "./replicas";

const PAGE = 50;
const MOST = 200;

/** The list on the screen: newest first, as far as it has been paged, kept fresh file by file. */
export const useFiles = defineStore("files", () => {
  const items = ref<StoredFile[]>([]);
  const next = ref<string | null>(null);
  const search = ref("");
  const loading = ref<"no" | "all" | "more">("no");
  const problem = ref<Problem | null>(null);
  let latest = new AbortController();
  const asking = new Set<string>();
  const askAgain = new Set<string>();

  const unsettled = computed(() => items.value.filter((file) => !isSettled(file)));

  /** Reads the list anew, as long as it is shown now; what lies beyond one answer stays as it is. */
  async function load(): Promise<void> {
    const limit = Math.min(MOST, Math.max(PAGE, items.value.length));
    const page = await read("all", { limit });
    if (page === null) return;
    const end = page.items.at(-1)?.created_at ?? "";
    const rest = items.value.length > MOST ? items.value.filter((file) => file.created_at < end) : [];
    items.value = [...page.items, ...rest];
    if (rest.length === 0) next.value = page.next;
  }

  async function more(): Promise<void> {
    const page = await read("more", { limit: PAGE, cursor: next.value });
    if (page === null) return;
    const shown = new Set(items.value.map((file) => file.id));
    items.value.push(...page.items.filter((file) => !shown.has(file.id)));
    next.value = page.next;
  }

  async function searchFor(text: string): Promise<void> {
    search.value = text;
    items.value = [];
    await load();
  }

  /** Asks for one file again; any number of calls meanwhile become one more question. */
  async function refetch(id: string): Promise<void> {
    if (asking.has(id)) {
      askAgain.add(id);
      return;
    }
    asking.add(id);
    try {
      put(await api.getFile(id));
    } catch (reason) {
      if (asProblem(reason).status === 404) drop(id);
    } finally {
      asking.delete(id);
      if (askAgain.delete(id)) void refetch(id);
    }
  }

  /** Shows a file as it is now; one not seen before joins the list where its age belongs. */
  function put(file: StoredFile): void {
    const index = items.value.findIndex((shown) => shown.id === file.id);
    if (index >= 0) items.value[index] = file;
    else if (search.value === "" || matches(file)) insert(file);
  }

  function drop(id: string): void {
    items.value = items.value.filter((file) => file.id !== id);
  }

  async function rename(id: string, name: string): Promise<void> {
    put(await api.renameFile(id, name));
  }

  async function remove(id: string): Promise<void> {
    await api.deleteFile(id).catch((reason: unknown) => {
      if (asProblem(reason).status !== 404) throw reason;
    });
    drop(id);
  }

  function reset(): void {
    latest.abort();
    items.value = [];
    next.value = null;
    search.value = "";
    problem.value = null;
  }

  async function read(what: "all" | "more", query: api.FileQuery): Promise<Page<StoredFile> | null> {
    latest.abort();
    const mine = (latest = new AbortController());
    loading.value = what;
    try {
      const page = await api.listFiles({ ...query, q: search.value }, mine.signal);
      problem.value = null;
      return page;
    } catch (reason) {
      if (!mine.signal.aborted) problem.value = asProblem(reason);
      return null;
    } finally {
      if (latest === mine) loading.value = "no";
    }
  }

  function matches(file: StoredFile): boolean {
    return file.name.toLowerCase().includes(search.value.toLowerCase());
  }

  function insert(file: StoredFile): void {
    const older = items.value.findIndex((shown) => shown.created_at <= file.created_at);
    if (older >= 0) items.value.splice(older, 0, file);
    else if (next.value === null) items.value.push(file);
  }

  return {
    items,
    next,
    search,
    loading,
    problem,
    unsettled,
    load,
    more,
    searchFor,
    refetch,
    put,
    drop,
    rename,
    remove,
    reset,
  };
});
