import { defineStore } from "pinia";
import { computed, ref } from "vue";

import { asProblem } from "@/api/problem";
import { useFiles } from "@/areas/files/store";

import { confirm, deliver, giveBack } from "./deliver";
import { clearLeftovers, note, noteLeaving } from "./leftovers";
import { isTaken, numbered } from "./names";
import { change, isActive, newUpload, type Upload } from "./upload";

export type Answer = "replace" | "keep-both" | "skip";

const AT_ONCE = 3;
const LONGEST_WAIT_S = 60;

/** Files on their way from this browser to a city, three at a time. */
export const useUploads = defineStore("uploads", () => {
  const items = ref<Upload[]>([]);
  const files = useFiles();
  const stops = new Map<number, AbortController>();
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  let lastKey = 0;

  const active = computed(() => items.value.filter(isActive));
  /** The first upload about which the person has to say something. */
  const asking = computed(() => items.value.find(({ state }) => state === "asking") ?? null);

  function add(chosen: Iterable<File>): void {
    for (const file of chosen) items.value.push(newUpload((lastKey += 1), file));
    pump();
  }

  function cancel(upload: Upload): void {
    stops.get(upload.key)?.abort();
    forget(upload);
  }

  function retry(upload: Upload): void {
    change(upload, { state: "queued", problem: null });
    pump();
  }

  /** Sends a file under another name, because its own was refused. */
  function renameTo(upload: Upload, name: string): void {
    change(upload, { name, state: "queued", problem: null });
    pump();
  }

  /** What becomes of a file whose name is taken; `isForAll`: and of the others like it. */
  function answer(upload: Upload, choice: Answer, isForAll: boolean): void {
    const meant = isForAll ? items.value.filter(({ state }) => state === "asking") : [upload];
    for (const one of meant) {
      if (choice === "skip") forget(one);
      else change(one, { state: "queued", mayReplace: choice === "replace" });
      if (choice === "keep-both") one.name = freeName(one);
    }
    pump();
  }

  /** What waits goes on when there is a reason to hope: a network, a city that came back. */
  function resume(): void {
    for (const upload of items.value) if (upload.state === "waiting") retry(upload);
  }

  function forget(upload: Upload): void {
    clearTimeout(timers.get(upload.key));
    items.value = items.value.filter((other) => other.key !== upload.key);
  }

  function clearFinished(): void {
    items.value = items.value.filter(isActive);
  }

  function reset(): void {
    for (const stop of stops.values()) stop.abort();
    for (const timer of timers.values()) clearTimeout(timer);
    items.value = [];
  }

  function pump(): void {
    for (const upload of items.value) {
      if (stops.size >= AT_ONCE) return;
      if (upload.state === "queued") void run(upload);
    }
  }

  async function run(upload: Upload): Promise<void> {
    const stop = new AbortController();
    stops.set(upload.key, stop);
    upload.state = "preparing";
    try {
      if (!upload.isDelivered && !upload.mayReplace && (await hasRival(upload, stop.signal))) {
        upload.state = "asking";
        return;
      }
      if (!upload.isDelivered) await deliver(upload, files, stop.signal, noteTickets);
      await confirm(upload, files);
      upload.state = "done";
    } catch (reason) {
      await fail(upload, reason, stop.signal);
    } finally {
      stops.delete(upload.key);
      noteTickets();
      pump();
    }
  }

  async function fail(upload: Upload, reason: unknown, signal: AbortSignal): Promise<void> {
    const problem = asProblem(reason);
    // Bytes that were looked at and refused have to be sent anew.
    if (!problem.passing) upload.isDelivered = false;
    if (problem.passing && !signal.aborted) waitFor(upload, problem.retryAfter);
    else upload.state = "failed";
    upload.problem = problem;
    if (!upload.isDelivered) await giveBack(upload, files);
  }

  /** Goes on after a while that grows from a second to a minute, or as long as the server asked for. */
  function waitFor(upload: Upload, asked: number | null): void {
    const seconds = Math.min(LONGEST_WAIT_S, Math.max(asked ?? 0, 2 ** upload.attempts));
    change(upload, { state: "waiting", attempts: upload.attempts + 1 });
    const again = () => upload.state === "waiting" && retry(upload);
    timers.set(upload.key, setTimeout(again, seconds * 1000));
  }

  /** A file of the same name: among those there, or among those on their way. */
  async function hasRival(upload: Upload, signal: AbortSignal): Promise<boolean> {
    const isRival = (other: Upload) => other.key < upload.key && other.name === upload.name && isActive(other);
    return items.value.some(isRival) || isTaken(upload.name, files, signal);
  }

  function freeName(upload: Upload): string {
    const known = new Set([...files.byId.values(), ...items.value].map(({ name }) => name));
    let number = 2;
    while (known.has(numbered(upload.file.name, number))) number += 1;
    return numbered(upload.file.name, number);
  }

  function noteTickets(): void {
    note(items.value.flatMap(({ ticket, state }) => (ticket !== null && state !== "done" ? [ticket] : [])));
  }

  window.addEventListener("online", resume);
  window.addEventListener("pagehide", noteLeaving);

  return { items, active, asking, add, cancel, retry, renameTo, answer, resume, clearFinished, reset, clearLeftovers };
});
