import { onBeforeUnmount, ref } from "vue";

import { useLiveEvents } from "@/live/useLiveEvents";

import { type Entry, readTrash } from "./entries";

/** Several changes within this time are looked at together. */
const GATHER_MS = 1_000;
const OF_TRASH = new Set(["folder.changed", "file.deleted"]);

interface List {
  items: Entry[];
  next: string | null;
  loading: string;
  load: () => Promise<void>;
}

/** Keeps the trash in step with what is done elsewhere: what is gone goes, what is new is counted and moves nothing. */
export function useTrashNews(list: List, count: () => Promise<void>) {
  const fresh = ref(0);
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function look(): Promise<void> {
    timer = undefined;
    // An answer on its way may be older than the news.
    if (list.loading !== "no") return lookSoon();
    void count();
    if (list.items.length === 0) return list.load();
    const { items } = list;
    const page = await readTrash(null).catch(() => null);
    if (page === null) return;
    // Something was done or read meanwhile, which the answer may not know of.
    if (list.items !== items) return lookSoon();
    const there = new Set(page.items.map(({ id }) => id));
    const shown = new Set(list.items.map(({ id }) => id));
    fresh.value = page.items.filter(({ id }) => !shown.has(id)).length;
    if (page.next === null) list.items = list.items.filter(({ id }) => there.has(id));
  }

  function lookSoon(): void {
    timer ??= setTimeout(() => void look(), GATHER_MS);
  }

  async function showFresh(): Promise<void> {
    fresh.value = 0;
    await list.load();
  }

  useLiveEvents({ onEvent: ({ type }) => OF_TRASH.has(type) && lookSoon(), onReturn: lookSoon });
  onBeforeUnmount(() => clearTimeout(timer));
  return { fresh, showFresh };
}
