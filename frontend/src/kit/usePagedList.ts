import { onMounted, reactive, type Ref, ref } from "vue";

import { asProblem, type Problem } from "@/api/problem";
import type { Page } from "@/api/types";

/** A list that comes in pages, read when it is shown; a newer reading takes the place of an older one. */
export function usePagedList<Item>(read: (cursor: string | null) => Promise<Page<Item>>) {
  const items = ref([]) as Ref<Item[]>;
  const next = ref<string | null>(null);
  const loading = ref<"no" | "all" | "more">("all");
  const problem = ref<Problem | null>(null);
  let latest = 0;

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
    }
  }

  const load = () => take("all");
  const more = () => take("more");
  onMounted(load);
  return reactive({ items, next, loading, problem, load, more });
}
