import { computed, ref, shallowRef } from "vue";

import { asProblem } from "@/api/problem";
import { listShared } from "@/api/sharedFolder";
import type { Shared, SharedFile, SharedFolder } from "@/api/types";
import { newest } from "@/kit/newest";

import type { LinkState } from "./usePublicLink";

const ALL_AT_ONCE = 200;

/** What is in the folder of a link: one folder of it at a time, more when it is asked for. */
export function useSharedFolder(state: LinkState) {
  const path = ref("/");
  const folders = shallowRef<SharedFolder[]>([]);
  const files = shallowRef<SharedFile[]>([]);
  const next = ref<string | null>(null);
  const isLoading = ref(false);
  const begin = newest();
  const crumbs = computed(() => {
    const names = path.value === "/" ? [] : path.value.slice(1).split("/");
    return names.map((name, at) => ({ name, path: `/${names.slice(0, at + 1).join("/")}` }));
  });

  async function go(to: string): Promise<void> {
    const page = await read({ path: to });
    if (page === null) return;
    path.value = to;
    folders.value = page.folders;
    files.value = page.items;
    next.value = page.next;
  }

  async function more(): Promise<void> {
    const page = await read({ path: path.value, cursor: next.value });
    if (page === null) return;
    folders.value = [...folders.value, ...page.folders];
    files.value = [...files.value, ...page.items];
    next.value = page.next;
  }

  /** Null: it could not be read, or somebody has gone on to another folder. */
  async function read(query: { path: string; cursor?: string | null }): Promise<Shared | null> {
    const isNewest = begin();
    isLoading.value = true;
    try {
      const page = await listShared(state.token, state.pass(), query);
      return isNewest() ? page : null;
    } catch (reason) {
      if (isNewest()) state.refuse(asProblem(reason));
      return null;
    } finally {
      if (isNewest()) isLoading.value = false;
    }
  }

  /** Every file, of the folders below, too. */
  async function everything(): Promise<SharedFile[]> {
    const found: SharedFile[] = [];
    let cursor: string | null = null;
    do {
      const page: Shared = await listShared(state.token, state.pass(), { deep: "true", limit: ALL_AT_ONCE, cursor });
      found.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
    return found;
  }

  return { path, crumbs, folders, files, next, isLoading, go, more, everything };
}
