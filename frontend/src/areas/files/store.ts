import { defineStore } from "pinia";
import { computed, shallowReactive } from "vue";

import * as api from "@/api/files";
import { asProblem } from "@/api/problem";
import type { LiveEvent, StoredFile } from "@/api/types";

import { useFolders } from "./folders";
import { isSettled, withKnown, withReady } from "./replicas";

/** Several changes within this time are looked at together. */
const GATHER_MS = 1_500;
/** More files than these are read by reading the lists that show them. */
const ONE_BY_ONE = 3;

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
  const byId = shallowReactive(new Map<string, StoredFile>());
  const lists = new Set<ShownList>();
  /** What lists have shown, so that a way back shows it at once. */
  const remembered = new Map<string, { ids: string[]; next: string | null }>();
  const doubtful = new Set<string>();
  /** Of what may be gone, lists are asked: to ask for a thing itself would be answered by an error. */
  let mayBeGone = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const unsettled = computed(() => [...byId.values()].filter((file) => !isSettled(file)));

  /** Shows a file as it is now, in every list it belongs to; `isOwn`: it was changed here. */
  function put(file: StoredFile, isOwn = true): void {
    byId.set(file.id, file);
    for (const list of lists) list.take(file, isOwn);
  }

  /** Takes the answer to something this page did, which events may have overtaken. */
  function putAnswer(file: StoredFile): void {
    put(withKnown(file, byId.get(file.id)));
  }

  function drop(id: string): void {
    byId.delete(id);
    doubtful.delete(id);
    for (const list of lists) list.drop(id);
    for (const known of remembered.values()) known.ids = known.ids.filter((other) => other !== id);
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

  /** Asks for a file soon: many that change together cost one question. */
  function look(id: string): void {
    doubtful.add(id);
    timer ??= setTimeout(() => void lookNow(), GATHER_MS);
  }

  async function lookNow(): Promise<void> {
    timer = undefined;
    const ids = [...doubtful];
    const isFew = ids.length <= ONE_BY_ONE && !(mayBeGone && lists.size > 0);
    doubtful.clear();
    mayBeGone = false;
    if (isFew) await Promise.all(ids.map(refetch));
    else await Promise.all([...lists].map((list) => list.refresh()));
  }

  /** Applies what the server tells; what the event does not say is asked for. */
  function hear({ type, file_id: id, server }: LiveEvent): void {
    if (id === undefined || (type === "file.deleted" && !byId.has(id))) return;
    const file = byId.get(id);
    if (type === "replica.ready" && file !== undefined && server !== null) {
      const changed = withReady(file, server);
      put(changed, false);
      if (!isSettled(changed)) return;
    }
    mayBeGone ||= type === "file.deleted";
    look(id);
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
    clearTimeout(timer);
    timer = undefined;
    byId.clear();
    doubtful.clear();
    remembered.clear();
    useFolders().reset();
  }

  return {
    byId,
    lists,
    remembered,
    unsettled,
    put,
    putAnswer,
    drop,
    refetch,
    look,
    hear,
    rename,
    remove,
    isWhole,
    reload,
    reset,
  };
});
