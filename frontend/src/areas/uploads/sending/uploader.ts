import "../bring";

import { defineStore } from "pinia";

import { asProblem, type Problem } from "@/api/problem";
import { useSession } from "@/areas/account/session";
import { useFolders } from "@/areas/files/folders";
import { useFileNews } from "@/areas/files/news";
import { useFiles } from "@/areas/files/store";
import { useCities } from "@/areas/map/cities";
import { useBelongings } from "@/kit/belongings";

import { useUploads } from "../store";
import { canRetry, change, type Chosen, isActive, isGoing, newUpload, type Upload } from "../upload";
import { type Answer, Conflicts } from "./conflicts";
import { type Around, deliver, giveUp } from "./deliver";
import { FolderMaker } from "./folders";
import { Lanes } from "./lanes";
import { UploadMemory } from "./memory";
import { delayOf } from "./patience";
import { newReturns } from "./returns";

/** Files, and requests to cities, under way at the same time: a browser opens no more connections to one host. */
const FILES_AT_ONCE = 6;
/** With those that only wait for their confirmation. */
const MOST_AT_ONCE = 12;
const REQUESTS_AT_ONCE = 6;

/** Sends what people have chosen, several files at a time. */
export const useUploader = defineStore("uploader", () => {
  const uploads = useUploads();
  const files = useFiles();
  const news = useFileNews();
  const cities = useCities();
  const session = useSession();
  const memory = new UploadMemory(() => session.profile?.id ?? null);
  const stops = new Map<number, AbortController>();
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  const returns = newReturns(() => uploads.items, memory, retry);
  let conflicts = new Conflicts();
  const newFolders = () => new FolderMaker(useFolders().put);
  let folders = newFolders();
  let [lastKey, lastBatch] = [0, 0];

  const around: Around = {
    lanes: new Lanes(REQUESTS_AT_ONCE),
    folders: () => folders,
    isAway: cities.isAway,
    hasOther: (servers) => cities.all.some(({ name }) => !servers.includes(name) && !cities.isAway(name)),
    onBegun: async (upload, file) => {
      if (!upload.over) news.show(file);
      const noted = memory.note(upload);
      // Parts may be there at the next visit; what comes in one piece need not wait to be written down.
      if (upload.isInParts) await noted;
    },
    onDelivered: pump,
    onGivenBack: ({ fileId, isGone }) => (isGone ? files.drop(fileId) : void files.refetch(fileId)),
  };

  function add(chosen: Chosen[], folderId: string | null, emptyFolders: string[] = []): void {
    lastBatch += 1;
    const fresh = chosen.filter((one) => !returns.isBack(one));
    const added = fresh.map((one) => newUpload((lastKey += 1), one, lastBatch, folderId));
    uploads.items.push(...added);
    void memory.begin(added);
    for (const path of emptyFolders) void folders.ensure(folderId, path).catch(() => undefined);
    pump();
  }

  /** Shows what an earlier visit has left unfinished, and goes on with what needs nobody. */
  async function recallKept(): Promise<void> {
    const found = await memory.recall(uploads.items, () => (lastKey += 1));
    uploads.items.push(...found);
    const ids = new Set(found.map(({ id }) => id));
    pump();
    await returns.lookInto(
      uploads.items.filter(({ id }) => ids.has(id)),
      around.onGivenBack,
    );
  }

  function pause(upload: Upload): void {
    if (!isGoing(upload)) return;
    clearTimeout(timers.get(upload.key));
    change(upload, { state: "paused", speed: 0 });
    stops.get(upload.key)?.abort();
  }

  function retry(upload: Upload): void {
    change(upload, { state: "queued", problem: null });
    pump();
  }

  /** Gives an upload up, with what has arrived of it. */
  function cancel(upload: Upload): void {
    const isOver = upload.state === "done";
    forget(upload);
    stops.get(upload.key)?.abort();
    if (!isOver) void giveUp(upload, around);
  }

  /** Sends a file under another name, because its own was refused. */
  function renameTo(upload: Upload, name: string): void {
    change(upload, { name, state: "queued", problem: null });
    pump();
  }

  /** What becomes of the files of a batch whose names are taken. */
  function answer(batch: number, choice: Answer): void {
    conflicts.say(batch, choice);
    for (const upload of uploads.items.filter((one) => one.batch === batch && one.state === "asking")) {
      if (!conflicts.apply(upload, choice)) forget(upload);
    }
    pump();
  }

  function goOn(): void {
    for (const upload of uploads.items) if (upload.state === "waiting") retry(upload);
  }

  function forget(upload: Upload): void {
    clearTimeout(timers.get(upload.key));
    uploads.items = uploads.items.filter((other) => other.key !== upload.key);
    void memory.forget(upload.id);
  }

  function clearFinished(): void {
    uploads.items.filter((upload) => !isActive(upload)).forEach(({ id }) => void memory.forget(id));
    uploads.items = uploads.items.filter(isActive);
  }

  function reset(): void {
    for (const stop of stops.values()) stop.abort();
    for (const timer of timers.values()) clearTimeout(timer);
    [conflicts, folders] = [new Conflicts(), newFolders()];
    uploads.items = [];
  }

  function pump(): void {
    const sending = uploads.items.filter(({ key, state }) => stops.has(key) && state !== "finishing").length;
    const free = Math.min(FILES_AT_ONCE - sending, MOST_AT_ONCE - stops.size);
    const waiting = uploads.items.filter(({ key, state }) => state === "queued" && !stops.has(key));
    waiting.slice(0, Math.max(0, free)).forEach((upload) => void run(upload));
  }

  async function run(upload: Upload): Promise<void> {
    const stop = new AbortController();
    stops.set(upload.key, stop);
    try {
      if (upload.file === null && !upload.isDelivered) return void (upload.state = "missing");
      upload.state = "preparing";
      conflicts.prepare(upload);
      const file = await deliver(upload, upload.file, around, stop.signal);
      finish(upload);
      news.showAnswer(file);
    } catch (reason) {
      if (!stop.signal.aborted) await fail(upload, asProblem(reason));
    } finally {
      stops.delete(upload.key);
      pump();
    }
  }

  async function fail(upload: Upload, problem: Problem): Promise<void> {
    if (problem.code === "FILE_EXISTS" && upload.onConflict === "fail") return askAbout(upload);
    upload.problem = problem;
    // Who has to log in again finds it where it was.
    if (problem.passing || problem.status === 401) return waitFor(upload, problem.retryAfter);
    upload.state = "failed";
    if (!canRetry(upload)) void memory.forget(upload.id);
    await giveUp(upload, around);
    if (upload.isDelivered) finish(upload);
  }

  function askAbout(upload: Upload): void {
    const known = conflicts.answerFor(upload);
    if (known === null) upload.state = "asking";
    else if (!conflicts.apply(upload, known)) forget(upload);
  }

  /** Goes on after a while that grows to a minute, or as long as the server asked for. */
  function waitFor(upload: Upload, asked: number | null): void {
    change(upload, { state: "waiting", speed: 0, attempts: upload.attempts + 1 });
    const again = () => upload.state === "waiting" && retry(upload);
    timers.set(upload.key, setTimeout(again, Math.max((asked ?? 0) * 1000, delayOf(upload.attempts))));
  }

  function finish(upload: Upload): void {
    change(upload, { state: "done", problem: null });
    void memory.forget(upload.id);
  }

  window.addEventListener("online", goOn);
  useBelongings().keep(reset);

  const { takeAgain, reopen } = returns;
  const steering = { pause, retry, cancel, goOn, clearFinished, reset };
  return { add, answer, renameTo, takeAgain, reopen, recallKept, ...steering };
});
