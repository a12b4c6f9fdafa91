import { downloadZip } from "client-zip";

import { Problem } from "@/api/problem";
import type { DownloadOffer, SharedFile } from "@/api/types";

import { safeName, ZipNames } from "./names";
import { bytesOf } from "./source";

/** Without a file to write to, all of it has to fit into memory. */
export const LARGEST_IN_MEMORY = 1_000_000_000;
const SMALL = 1_000_000;
const AHEAD = 6;
/** Errors of the browser that are not about its disk. */
const OF_THE_LINE = new Set(["AbortError", "TimeoutError", "NetworkError"]);

interface SavePicker {
  showSaveFilePicker?: (options: { suggestedName: string }) => Promise<FileSystemFileHandle>;
}

export interface ZipWork {
  name: string;
  files: () => Promise<SharedFile[]>;
  open: (file: SharedFile, signal: AbortSignal) => Promise<DownloadOffer>;
  signal: AbortSignal;
  onPlan: (files: number, bytes: number) => void;
  onFile: (number: number) => void;
  onBytes: (count: number) => void;
}

/** Where the bytes go: to the disk as they come, where a browser can do that. */
type Target = FileSystemFileHandle | null;

/** Asks where the file should be; it has to be asked in the moment of the click. */
export async function chooseTarget(name: string): Promise<Target> {
  const { showSaveFilePicker } = window as SavePicker;
  if (showSaveFilePicker === undefined) return null;
  return showSaveFilePicker.call(window, { suggestedName: `${safeName(name)}.zip` });
}

/** Builds one ZIP of all files here, from the cities nearest to this browser, and saves it. */
export async function saveZip(work: ZipWork, target: Target): Promise<void> {
  const files = (await work.files()).filter(({ state }) => state === "stored");
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (target === null && bytes > LARGEST_IN_MEMORY) {
    throw new Problem("ZIP_TOO_LARGE", 413, { facts: { limit: LARGEST_IN_MEMORY } });
  }
  work.onPlan(files.length, bytes);
  const zip = downloadZip(entries(work, files));
  if (target === null) return saveBlob(await zip.blob(), `${safeName(work.name)}.zip`);
  if (zip.body === null) throw new Problem("UNEXPECTED", 500);
  // Given up or broken off, what was written is thrown away: the file on the disk stays as it was.
  const onDisk = await target.createWritable().catch(blameDevice);
  await zip.body.pipeTo(onDisk, { signal: work.signal }).catch(blameDevice);
}

/** All that goes wrong elsewhere is a problem with a code, or that the network failed. */
function blameDevice(reason: unknown): never {
  if (!(reason instanceof DOMException) || OF_THE_LINE.has(reason.name)) throw reason;
  throw new Problem(reason.name === "QuotaExceededError" ? "DISK_FULL" : "DISK_REFUSED", 507, {
    detail: reason.message,
  });
}

/**
 * One after the other, so that memory stays flat; but the small ones that come next are fetched meanwhile, as asking
 * for one takes longer than its bytes.
 */
async function* entries(work: ZipWork, files: SharedFile[]) {
  const names = new ZipNames();
  const ahead = new Map<SharedFile, Promise<Uint8Array>>();
  for (const [at, file] of files.entries()) {
    if (work.signal.aborted) throw work.signal.reason;
    for (const next of files.slice(at, at + AHEAD))
      if (next.size <= SMALL && !ahead.has(next)) ahead.set(next, fetchWhole(work, next));
    work.onFile(at + 1);
    yield {
      name: names.of(file.folder, file.name),
      lastModified: new Date(file.updated_at),
      input: (await ahead.get(file)) ?? streamOf(work, file),
      size: file.size,
    };
    ahead.delete(file);
  }
}

function streamOf(work: ZipWork, file: SharedFile): ReadableStream<Uint8Array> {
  return bytesOf(file.size, (signal) => work.open(file, signal), work.signal, work.onBytes);
}

function fetchWhole(work: ZipWork, file: SharedFile): Promise<Uint8Array> {
  const whole = new Response(streamOf(work, file)).arrayBuffer().then((bytes) => new Uint8Array(bytes));
  // It is told when its turn comes.
  whole.catch(() => undefined);
  return whole;
}

function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
