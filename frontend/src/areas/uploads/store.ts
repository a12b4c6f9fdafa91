import { defineStore } from "pinia";
import { computed, ref } from "vue";

import { asProblem } from "@/api/problem";
import { abortUpload, assertReadable, completeUpload, putBytes, startUpload } from "@/api/uploads";
import { patiently } from "./patience";
import { SpeedMeter } from "./speed";
import { change, isActive, newUpload, type Upload } from "./upload";

import { useFiles } from "@/areas/files/store";

const AT_ONCE = 3;

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

  /** What failed for want of a network goes on when there is one. */
  function resume(): void {
    for (const upload of items.value) if (upload.problem?.status === 0) retry(upload);
  }

  window.addEventListener("online", resume);

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
      const problem = asProblem(reason);
      change(upload, { state: "failed", problem });
      // Bytes that were looked at and refused have to be sent anew.
      if (!problem.passing) upload.isDelivered = false;
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
