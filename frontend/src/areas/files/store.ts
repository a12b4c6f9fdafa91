import { defineStore } from "pinia";
import { computed, shallowReactive } from "vue";

import * as api from "@/api/files";
import { asProblem } from "@/api/problem";
import type { StoredFile } from "@/api/types";
import { useDetails } from "@/areas/details/store";
import { useBelongings } from "@/kit/belongings";

import { isSettled } from "./replicas";

/** A list on the screen, as the store sees it. */
interface ShownList {
  take: (file: StoredFile, isOwn: boolean) => void;
  drop: (id: string) => void;
  /** False: it is being read already, perhaps as it was before. */
  refresh: () => Promise<boolean>;
  /** Nothing is left out of it: all files there are, are shown. */
  isWhole: () => boolean;
}

/** All files that this page knows, each once, whichever lists show it. */
export const useFiles = defineStore("files", () => {
  const details = useDetails();
  const byId = shallowReactive(new Map<string, StoredFile>());
  const lists = new Set<ShownList>();
  /** What lists have shown, so that a way back shows it at once. */
  const remembered = new Map<string, { ids: string[]; next: string | null }>();
  /** Changes that are not shown yet, and files that have to be asked for again: see `news.ts`. */
  const waiting = new Map<string, { file: StoredFile; isOwn: boolean }>();
  const doubtful = new Set<string>();

  const unsettled = computed(() => [...byId.values()].filter((file) => !isSettled(file)));

  /** Shows a file as it is now, in every list it belongs to; `isOwn`: it was changed here. */
  function put(file: StoredFile, isOwn = true): void {
    if (file.trashed_at !== null) return drop(file.id);
    waiting.delete(file.id);
    byId.set(file.id, file);
    for (const list of lists) list.take(file, isOwn);
  }

  /** Shows what was kept back while much happened. */
  function showWaiting(): void {
    for (const { file, isOwn } of [...waiting.values()]) put(file, isOwn);
  }

  function drop(id: string): void {
    details.forget(id);
    byId.delete(id);
    waiting.delete(id);
    doubtful.delete(id);
    for (const list of lists) list.drop(id);
    for (const known of remembered.values()) known.ids = known.ids.filter((other) => other !== id);
  }

  /** What is in a folder that is gone is gone with it. */
  function dropBelow(path: string): void {
    for (const { id, folder } of byId.values()) if (folder === path || folder.startsWith(`${path}/`)) drop(id);
  }

  /** Asks for one file now. */
  async function refetch(id: string): Promise<void> {
    doubtful.delete(id);
    try {
      put(await api.getFile(id), false);
    } catch (reason) {
      if (asProblem(reason).status === 404) drop(id);
    }
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

  /** Whether the page knows every file, so that nothing has to be asked. */
  function isWhole(): boolean {
    return [...lists].some((list) => list.isWhole());
  }

  function reload(): void {
    for (const list of lists) void list.refresh();
  }

  function reset(): void {
    byId.clear();
    waiting.clear();
    doubtful.clear();
    remembered.clear();
  }

  useBelongings().keep(reset);

  return {
    byId,
    lists,
    remembered,
    unsettled,
    waiting,
    doubtful,
    put,
    showWaiting,
    drop,
    dropBelow,
    refetch,
    rename,
    remove,
    isWhole,
    reload,
    reset,
  };
});
