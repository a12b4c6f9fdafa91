import { computed, reactive, type Ref } from "vue";

import type { Entry } from "./entry";
import { useFolders } from "./folders";
import type { FileQuery } from "./query";
import { useFiles } from "./store";
import { useFileList } from "./useFileList";
import { useFolderList } from "./useFolderList";

/** Folders and files in one list: the folders first, then the files as far as they have been paged. */
export function useEntries(query: Ref<FileQuery>) {
  const files = useFiles();
  const folders = useFolders();
  const fileList = useFileList(query);
  const folderList = useFolderList(query, () => fileList.ids.length === 0);

  const problem = computed(() => fileList.problem ?? folderList.problem);
  /** Nothing is shown of a folder that is gone, in the trash, or not shared any more. */
  const isGone = computed(() => [404, 409].includes(problem.value?.status ?? 0));
  const ids = computed(() => (isGone.value ? [] : [...folderList.ids, ...fileList.ids]));
  const isKnown = computed(() => fileList.isKnown && folderList.isKnown);
  const fresh = computed(() => (isGone.value ? 0 : fileList.fresh.size + folderList.fresh.length));
  const next = computed(() => fileList.next);
  const loading = computed(() => fileList.loading);

  function entryOf(id: string): Entry | undefined {
    return folders.byId.get(id) ?? files.byId.get(id);
  }

  async function load(): Promise<void> {
    await Promise.all([fileList.load(), folderList.load()]);
  }

  /** Reads all that is left, for who wants all of it. */
  async function whole(): Promise<void> {
    for (let before = null as string | null; fileList.next !== null && fileList.next !== before;) {
      before = fileList.next;
      await fileList.more();
    }
  }

  return reactive({ ids, problem, isKnown, fresh, next, loading, entryOf, load, more: fileList.more, whole });
}

export type Entries = ReturnType<typeof useEntries>;
