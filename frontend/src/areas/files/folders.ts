import { defineStore } from "pinia";
import { shallowReactive } from "vue";

import * as api from "@/api/folders";
import type { Folder } from "@/api/types";
import { useBelongings } from "@/kit/belongings";

/** A list of folders on the screen, as the store sees it. */
interface ShownFolders {
  take: (folder: Folder) => void;
  drop: (id: string) => void;
  refresh: () => Promise<void>;
}

/** All folders that this page knows, each once. */
export const useFolders = defineStore("folders", () => {
  const byId = shallowReactive(new Map<string, Folder>());
  const lists = new Set<ShownFolders>();

  function put(folder: Folder): void {
    byId.set(folder.id, folder);
    for (const list of lists) list.take(folder);
  }

  function drop(id: string): void {
    byId.delete(id);
    for (const list of lists) list.drop(id);
  }

  /** Asks for a folder, and for those above it that are not known yet. */
  async function learn(id: string): Promise<void> {
    let next: string | null = id;
    while (next !== null) {
      const folder: Folder = byId.get(next) ?? (await api.getFolder(next));
      byId.set(folder.id, folder);
      next = folder.parent_id;
    }
  }

  /** A folder and those above it, the highest first; as far as they are known. */
  function lineOf(id: string | null): Folder[] {
    const line: Folder[] = [];
    let folder = id === null ? undefined : byId.get(id);
    while (folder !== undefined && !line.includes(folder)) {
      line.unshift(folder);
      folder = folder.parent_id === null ? undefined : byId.get(folder.parent_id);
    }
    return line;
  }

  async function create(parentId: string | null, name: string): Promise<Folder> {
    const folder = await api.createFolder(parentId, name);
    put(folder);
    return folder;
  }

  /** What is below it has another path from now on, which is asked for when it is needed. */
  async function rename(id: string, name: string): Promise<void> {
    const before = byId.get(id)?.path;
    put(await api.renameFolder(id, name));
    if (before !== undefined) forgetBelow(before);
  }

  /** Where folders below a path are now is not known any more. */
  function forgetBelow(path: string): void {
    for (const folder of byId.values()) if (folder.path.startsWith(`${path}/`)) byId.delete(folder.id);
  }

  function reset(): void {
    byId.clear();
  }

  useBelongings().keep(reset);

  return { byId, lists, put, drop, learn, lineOf, create, rename, forgetBelow, reset };
});
