import { vi } from "vitest";
import { defineComponent, h, ref } from "vue";

import type { StoredFile } from "@/api/types";
import FileList from "@/areas/files/components/FileList.vue";
import { type FileQuery, NEWEST_FIRST } from "@/areas/files/query";
import { useFiles } from "@/areas/files/store";
import { useFileList } from "@/areas/files/useFileList";

import { show } from "@tests/mount";

/** Shows a list of files, and hands out what the list itself knows. */
export function showList(change: Partial<FileQuery> = {}, isBare = false) {
  const query = ref<FileQuery>({ ...NEWEST_FIRST, ...change });
  let list: ReturnType<typeof useFileList> | undefined;
  const page = defineComponent({
    setup() {
      const own = (list = useFileList(query));
      return () =>
        isBare
          ? null
          : h(FileList, { list: own, query: query.value, "onUpdate:query": (next) => (query.value = next) });
    },
  });
  const wrapper = show(page);
  if (list === undefined) throw new Error("the list was not shown");
  return { list, query, wrapper };
}

/** The same, once the server has answered. */
export async function showAnswered(change: Partial<FileQuery> = {}, isBare = false) {
  const shown = showList(change, isBare);
  await vi.waitFor(() => {
    if (shown.list.loading !== "no") throw new Error("the list is still loading");
  });
  return shown;
}

/** Makes files known to the page, as the server's answers do. */
export function know(...files: StoredFile[]): void {
  for (const file of files) useFiles().byId.set(file.id, file);
}
