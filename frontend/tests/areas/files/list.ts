import { vi } from "vitest";
import { defineComponent, h, ref } from "vue";
import { type Router, useRouter } from "vue-router";

import type { Folder, StoredFile } from "@/api/types";
import { useSession } from "@/areas/account/session";
import { BY_NAME, type FileQuery } from "@/areas/files/query";
import { useFiles } from "@/areas/files/store";
import { useFileList } from "@/areas/files/useFileList";
import FilesView from "@/areas/files/views/FilesView.vue";

import { show } from "@tests/mount";
import { json, type Network } from "@tests/network";
import { ANN } from "@tests/sample";

export const FILES = "GET /storage/api/v1/files";
export const FOLDERS = "GET /storage/api/v1/folders";
export const BATCH = "POST /storage/api/v1/batch";

/** What a list of files knows, without anything on the screen. */
export function showList(change: Partial<FileQuery> = {}) {
  const query = ref<FileQuery>({ ...BY_NAME, ...change });
  let list: ReturnType<typeof useFileList> | undefined;
  const page = defineComponent({
    setup() {
      list = useFileList(query);
      return () => null;
    },
  });
  show(page);
  if (list === undefined) throw new Error("the list was not shown");
  return { list, query };
}

/** The same, once the server has answered. */
export async function showAnswered(change: Partial<FileQuery> = {}) {
  const shown = showList(change);
  await vi.waitFor(() => {
    if (shown.list.loading !== "no") throw new Error("the list is still loading");
  });
  return shown;
}

/** The page of the files as Ann sees it at an address. */
export async function showPage(address = "/"): Promise<Router> {
  let router: Router | undefined;
  const page = defineComponent({
    setup() {
      router = useRouter();
      const session = useSession();
      session.status = "member";
      session.profile = { ...ANN, permissions: ["files.view", "files.change", "files.delete", "links.create"] };
      void router.replace(address);
      return () => h(FilesView);
    },
  });
  show(page);
  await vi.waitFor(() => {
    if (router?.currentRoute.value.fullPath !== address) throw new Error("the page is not there yet");
  });
  return router as Router;
}

/** What is in the folder that is asked for. */
export function holds(network: Network, folders: Folder[], files: StoredFile[], next: string | null = null): void {
  network.on(FOLDERS, json({ items: folders, next: null })).on(FILES, json({ items: files, next }));
}

/** Makes files known to the page, as the server's answers do. */
export function know(...files: StoredFile[]): void {
  for (const file of files) useFiles().byId.set(file.id, file);
}

/** The names in the list, from top to bottom. */
export function names(): string[] {
  return [...document.querySelectorAll<HTMLElement>("[data-entry] .title [title]")].map(({ title }) => title);
}

export function row(id: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(`[data-entry="${id}"]`);
  if (found === null) throw new Error(`no row of ${id}`);
  return found;
}

export function press(key: string, more: KeyboardEventInit = {}, target: EventTarget = document.body): boolean {
  const code = key.length === 1 ? `Key${key.toUpperCase()}` : key;
  return target.dispatchEvent(new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true, ...more }));
}
