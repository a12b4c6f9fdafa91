import { defineStore } from "pinia";

import type { LiveEvent, StoredFile } from "@/api/types";

import { isSettled, withKnown, withReady } from "./replicas";
import { useFiles } from "./store";

/** Several changes within this time are looked at together. */
const GATHER_MS = 1_500;
/** More files than these are read by reading the lists that show them, and while much happens not too often. */
const ONE_BY_ONE = 3;
const LISTS_MS = 5_000;
/** Of more changes than these the rest is shown together, now and then: lists are drawn anew each time. */
const FEW = 6;
const MOMENT_MS = 400;

/** What becomes of files, as the server tells it or answers: few changes show at once, many together. */
export const useFileNews = defineStore("file news", () => {
  const files = useFiles();
  let looking: ReturnType<typeof setTimeout> | undefined;
  let showing: ReturnType<typeof setTimeout> | undefined;
  let shown = 0;
  let listsReadAt = -LISTS_MS;
  /** Of what may be gone, lists are asked: to ask for a thing itself would be answered by an error. */
  let mayBeGone = false;

  function known(id: string): StoredFile | undefined {
    return files.waiting.get(id)?.file ?? files.byId.get(id);
  }

  /** Shows a file as it is now; `isOwn`: it was changed here. */
  function show(file: StoredFile, isOwn = true): void {
    showing ??= setTimeout(showRest, MOMENT_MS);
    shown += 1;
    if (shown <= FEW) return files.put(file, isOwn);
    files.waiting.set(file.id, { file, isOwn: isOwn || files.waiting.get(file.id)?.isOwn === true });
  }

  function showRest(): void {
    const isMuch = files.waiting.size > 0;
    if (isMuch) files.showWaiting();
    shown = isMuch ? FEW : 0;
    showing = isMuch ? setTimeout(showRest, MOMENT_MS) : undefined;
  }

  /** Shows the answer to something this page did, which events may have overtaken. */
  function showAnswer(file: StoredFile): void {
    show(withKnown(file, known(file.id)));
  }

  /** Asks for a file soon: many that change together cost one question. */
  function look(id: string): void {
    files.doubtful.add(id);
    looking ??= setTimeout(() => void lookNow(), GATHER_MS);
  }

  async function lookNow(): Promise<void> {
    const ids = [...files.doubtful];
    const isFew = ids.length <= ONE_BY_ONE && !(mayBeGone && files.lists.size > 0);
    const wait = isFew ? 0 : listsReadAt + LISTS_MS - performance.now();
    looking = wait > 0 ? setTimeout(() => void lookNow(), wait) : undefined;
    if (wait > 0) return;
    files.doubtful.clear();
    mayBeGone = false;
    if (isFew) return void (await Promise.all(ids.map(files.refetch)));
    listsReadAt = performance.now();
    await Promise.all([...files.lists].map((list) => list.refresh()));
  }

  /** Applies what the server tells; what the event does not say is asked for. */
  function hear({ type, file_id: id, server }: LiveEvent): void {
    const file = id === undefined ? undefined : known(id);
    if (id === undefined || (type === "file.deleted" && file === undefined)) return;
    if (type === "replica.ready" && file !== undefined && server !== null) {
      const changed = withReady(file, server);
      show(changed, false);
      if (!isSettled(changed)) return;
    }
    mayBeGone ||= type === "file.deleted";
    look(id);
  }

  return { show, showAnswer, look, hear };
});
