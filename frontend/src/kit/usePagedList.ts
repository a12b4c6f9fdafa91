import { onMounted, reactive, type Ref, ref } from "vue";

import { asProblem, type Problem } from "@/api/problem";
import type { Page } from "@/api/types";

/** A list that comes in pages; a newer reading takes the place of an older one. */
export function pagedList<Item>(read: (cursor: string | null) => Promise<Page<Item>>) {
  const items = ref([]) as Ref<Item[]>;
  const next = ref<string | null>(null);
  const loading = ref<"no" | "all" | "more">("all");
  const problem = ref<Problem | null>(null);
  let latest = 0;
  let isStale = false;
  let isRefreshing = false;

  async function take(what: "all" | "more"): Promise<void> {
    const mine = (latest += 1);
    loading.value = what;
    try {
      const page = await read(what === "all" ? null : next.value);
      if (mine !== latest) return;
      items.value = what === "all" ? page.items : [...items.value, ...page.items];
      next.value = page.next;
      problem.value = null;
    } catch (reason) {
      if (mine === latest) problem.value = asProblem(reason);
    } finally {
      if (mine === latest) loading.value = "no";
      if (isStale) void refresh();
    }
  }

  /** Reads what is shown again; it keeps its place, and whoever reads on is not held up. */
  async function refresh(): Promise<void> {
    isStale = true;
    if (isRefreshing) return;
    isRefreshing = true;
    while (isStale && loading.value === "no") {
      isStale = false;
      await readAgain();
    }
    isRefreshing = false;
  }

  async function readAgain(): Promise<void> {
    const mine = latest;
    const found: Item[] = [];
    let cursor: string | null = null;
    try {
      do {
        const page: Page<Item> = await read(cursor);
        found.push(...page.items);
        cursor = page.next;
      } while (cursor !== null && found.length < items.value.length && mine === latest);
      if (mine !== latest) isStale = true;
      else [items.value, next.value, problem.value] = [found, cursor, null];
    } catch (reason) {
      if (mine === latest) problem.value = asProblem(reason);
    }
  }

  /** As it was before anything was read; what is under way is not waited for. */
  function reset(): void {
    latest += 1;
    isStale = false;
    items.value = [];
    next.value = null;
    loading.value = "all";
    problem.value = null;
  }

  const load = () => take("all");
  const more = () => take("more");
  return reactive({ items, next, loading, problem, load, more, refresh, reset });
}

/** One that is read when it is shown. */
export function usePagedList<Item>(read: (cursor: string | null) => Promise<Page<Item>>) {
  const list = pagedList(read);
  onMounted(list.load);
  return list;
}
