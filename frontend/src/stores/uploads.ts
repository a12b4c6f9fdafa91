import { defineStore } from "pinia";
import { computed, markRaw, ref } from "vue";

import { asProblem, type Problem } from "@/api/problem";
import { abortUpload, assertReadable, completeUpload, putBytes, startUpload } from "@/api/uploads";
import { SpeedMeter } from "@/speed";

import { useFiles } from "./files";

const AT_ONCE = 3;
/** Waits before asking again for a city that answers, and before saying again that all was sent. */
const RETRY_AFTER_MS = [1_000, 3_000];

export type UploadState = "queued" | "preparing" | "sending" | "finishing" | "done" | "failed";

export interface Upload {
  key: number;
  file: File;
  state: UploadState;
  sent: number;
  speed: number;
  /** The upload the server knows, its city and how far away that is. */
  ticket: string | null;
  fileId: string | null;
  server: string | null;
  distanceKm: number | null;
  /** All bytes have arrived; only the confirmation is missing. */
  isDelivered: boolean;
  problem: Problem | null;
}

/** Files on their way from this browser to a city, three at a time. */
export const useUploads = defineStore("uploads", () => {
  const items = ref<Upload[]>([]);
  const files = useFiles();
  const stops = new Map<number, AbortController>();
  let lastKey = 0;

  const active = computed(() => items.value.filter((upload) => isActive(upload)));

  function add(chosen: Iterable<File>): void {
    for (const file of chosen) items.value.push(newUpload((lastKey += 1), file));
    pump();
  }

  function cancel(upload: Upload): void {
    stops.get(upload.key)?.abort();
    forget(upload);
  }

  function retry(upload: Upload): void {
    upload.state = "queued";
    upload.problem = null;
    pump();
  }

  function forget(upload: Upload): void {
    items.value = items.value.filter((other) => other.key !== upload.key);
  }

  function clearFinished(): void {
    items.value = items.value.filter((upload) => upload.state !== "done");
  }

  function reset(): void {
    for (const stop of stops.values()) stop.abort();
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
    try {
      if (!upload.isDelivered) await patiently(() => deliver(upload, stop.signal), stop.signal);
      upload.state = "finishing";
      await patiently(() => confirm(upload), stop.signal);
      upload.state = "done";
    } catch (reason) {
      upload.state = "failed";
      upload.problem = asProblem(reason);
      if (!upload.isDelivered) await giveBack(upload);
    } finally {
      stops.delete(upload.key);
      pump();
    }
  }

  /** Asks where to send the bytes and sends them; asked again, the server may choose another city. */
  async function deliver(upload: Upload, signal: AbortSignal): Promise<void> {
    await giveBack(upload);
    change(upload, { state: "preparing", sent: 0, speed: 0 });
    await assertReadable(upload.file);
    const ticket = await startUpload(upload.file, signal);
    change(upload, {
      state: "sending",
      ticket: ticket.id,
      fileId: ticket.file.id,
      server: ticket.server.name,
      distanceKm: ticket.distance_km,
    });
    files.put(ticket.file);
    const meter = new SpeedMeter();
    const onProgress = (sent: number) => {
      upload.sent = sent;
      upload.speed = meter.sample(sent);
    };
    await putBytes(ticket, upload.file, onProgress, signal);
    change(upload, { isDelivered: true, sent: upload.file.size });
  }

  /** Frees the place reserved for bytes that did not arrive; the server would do so later by itself. */
  async function giveBack(upload: Upload): Promise<void> {
    if (upload.ticket === null) return;
    const { ticket, fileId } = upload;
    change(upload, { ticket: null, fileId: null });
    await abortUpload(ticket).catch(() => undefined);
    if (fileId !== null) await files.refetch(fileId);
  }

  async function confirm(upload: Upload): Promise<void> {
    if (upload.ticket === null) return;
    const file = await completeUpload(upload.ticket);
    files.put(file);
    void files.refetch(file.id);
  }

  return { items, active, add, cancel, retry, forget, clearFinished, reset };
});

function isActive(upload: Upload): boolean {
  return upload.state !== "done" && upload.state !== "failed";
}

function change(upload: Upload, news: Partial<Upload>): void {
  Object.assign(upload, news);
}

function newUpload(key: number, file: File): Upload {
  return {
    key,
    file: markRaw(file),
    state: "queued",
    sent: 0,
    speed: 0,
    ticket: null,
    fileId: null,
    server: null,
    distanceKm: null,
    isDelivered: false,
    problem: null,
  };
}

async function patiently(action: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (const wait of RETRY_AFTER_MS) {
    try {
      return await action();
    } catch (reason) {
      if (signal.aborted || !asProblem(reason).passing) throw reason;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
    signal.throwIfAborted();
  }
  return action();
}
