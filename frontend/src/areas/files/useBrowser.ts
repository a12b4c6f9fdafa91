import { computed, reactive, type Ref, ref, shallowRef } from "vue";
import { useRouter } from "vue-router";

import type { StoredFile } from "@/api/types";
import { useDetails } from "@/areas/details/store";
import { useNotices } from "@/kit/notices";

import { type Entry, isFolder } from "./entry";
import { useFolders } from "./folders";
import type { Command } from "./keys";
import { useMoving } from "./moving";
import type { FileQuery } from "./query";
import { useDownload } from "./useDownload";
import type { Entries } from "./useEntries";
import { useEntryActions } from "./useEntryActions";
import { useSelection } from "./useSelection";

export type EntryAction = "open" | "look" | "details" | "download" | "share" | "rename" | "move" | "cut" | "trash";

/** A dialog is open. */
export type Asked = "folder" | "move" | "share" | "help";

/** A menu is open: what can be done with what is chosen, or where the copies of a file are. */
export interface Menu {
  what: "actions" | "copies";
  file?: StoredFile;
  activator?: HTMLElement;
  at?: [number, number];
}

/** What somebody does in the list, by the pointer, by keys or by menus. */
export function useBrowser(list: Entries, query: Ref<FileQuery>) {
  const router = useRouter();
  const folders = useFolders();
  const moving = useMoving();
  const notices = useNotices();
  const details = useDetails();
  const actions = useEntryActions();
  const { download } = useDownload();
  const selection = useSelection(() => list.ids);
  const renaming = ref<string | null>(null);
  const menu = shallowRef<Menu | null>(null);
  const asked = ref<Asked | null>(null);

  const chosen = computed(() => [...selection.chosen].flatMap((id) => list.entryOf(id) ?? []));
  /** The one file that is chosen: what a drawer beside the list tells about. */
  const detailed = computed(() => {
    const [entry] = chosen.value;
    return chosen.value.length === 1 && entry !== undefined && !isFolder(entry) ? entry : null;
  });

  function ask(what: Asked | null): void {
    asked.value = what;
  }

  function show(wanted: Menu | null): void {
    menu.value = wanted;
  }

  function endRename(): void {
    renaming.value = null;
  }

  function goTo(folderId: string | null): void {
    void router.push(folderId === null ? { name: "files" } : { name: "folder", params: { id: folderId } });
  }

  function goUp(): void {
    const { folderId } = query.value;
    if (folderId !== null) goTo(folders.byId.get(folderId)?.parent_id ?? null);
  }

  function open(entry: Entry): void {
    if (isFolder(entry)) goTo(entry.id);
    else look(entry);
  }

  /** Shows what is in a file; the arrow keys go on through the others of the list. */
  function look(file: StoredFile): void {
    if (file.state !== "stored") return;
    const others = list.ids.flatMap((id) => {
      const entry = list.entryOf(id);
      return entry === undefined || isFolder(entry) ? [] : [entry];
    });
    details.look(file, others);
  }

  function showDetails(entry: Entry): void {
    if (!isFolder(entry)) details.open(entry);
  }

  async function downloadAll(entries: Entry[]): Promise<void> {
    for (const entry of entries) if (!isFolder(entry)) await download(entry);
  }

  function act(action: EntryAction, entries: Entry[] = chosen.value): void {
    const [first] = entries;
    if (first === undefined) return;
    if (action === "open" || action === "look") open(first);
    else if (action === "details") showDetails(first);
    else if (action === "download") void downloadAll(entries);
    else if (action === "rename") renaming.value = first.id;
    else if (action === "cut") moving.cut = entries;
    else if (action === "trash") void actions.trash(entries);
    else asked.value = action;
  }

  async function paste(): Promise<void> {
    const entries = moving.cut;
    moving.cut = [];
    await actions.move(entries, query.value.folderId);
  }

  function clear(): void {
    if (moving.cut.length > 0) moving.cut = [];
    else selection.clear();
  }

  async function chooseAll(): Promise<void> {
    selection.all();
    if (list.next === null) return;
    await list.whole();
    selection.all();
  }

  /** Does what a key means; how far a step goes is up to who draws the list. */
  function run({ do: what }: Exclude<Command, { do: "step" }>): void {
    const active = selection.active === null ? undefined : list.entryOf(selection.active);
    if (what === "open" && active !== undefined) open(active);
    else if (what === "look" && active !== undefined && !isFolder(active)) look(active);
    else if (what === "rename" && active !== undefined) act("rename", [active]);
    else if (what === "trash" || what === "cut") act(what);
    else if (what === "paste") void paste();
    else if (what === "all") void chooseAll();
    else if (what === "clear") clear();
    else if (what === "up") goUp();
    else if (what === "undo") undo();
    else if (what === "folder" || what === "help") asked.value = what;
  }

  function undo(): void {
    notices.current?.action?.run();
    notices.dismiss();
  }

  async function moveTo(folderId: string | null): Promise<void> {
    asked.value = null;
    await actions.move(chosen.value, folderId);
  }

  return reactive({
    ...{ selection, chosen, detailed, renaming, menu, asked },
    ...{ ask, show, endRename, goTo, goUp, open, act, run, clear, moveTo },
  });
}

export type Browser = ReturnType<typeof useBrowser>;
