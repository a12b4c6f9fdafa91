import { authorised, readJson, STORAGE } from "./http";
import { reportMeasured } from "./measured";
import { Problem } from "./problem";
import type { SignedPart, StoredFile, UploadProgress, UploadTicket, UploadWish } from "./types";

/** Browsers set these themselves and refuse them from a script. */
const SET_BY_BROWSER = new Set(["host", "content-length"]);
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/;
/** A city that neither takes a byte nor answers for so long is as good as gone. */
const SILENCE_MS = 45_000;

/** Asks where to send a file; under the same key, the first answer is given again. */
export function startUpload(wish: UploadWish, key: string, signal: AbortSignal): Promise<UploadTicket> {
  const headers = { "Idempotency-Key": key };
  return readJson(authorised(`${STORAGE}/uploads`, { method: "POST", body: wish, headers, signal }));
}

/** What has arrived, as the S3 server itself says. */
export function getUpload(id: string, signal: AbortSignal): Promise<UploadProgress> {
  return readJson(authorised(`${STORAGE}/uploads/${id}`, { signal }));
}

export async function signParts(id: string, numbers: number[], signal: AbortSignal): Promise<SignedPart[]> {
  const call = authorised(`${STORAGE}/uploads/${id}/parts`, { method: "POST", body: { numbers }, signal });
  return (await readJson<{ parts: SignedPart[] }>(call)).parts;
}

export function completeUpload(id: string, signal?: AbortSignal): Promise<StoredFile> {
  return readJson(authorised(`${STORAGE}/uploads/${id}/complete`, { method: "POST", signal }));
}

export async function abortUpload(id: string): Promise<void> {
  await authorised(`${STORAGE}/uploads/${id}`, { method: "DELETE" });
}

/** Browsers take the type from the system, which may have put anything there. */
export function mediaType(type: string): string {
  return MEDIA_TYPE.test(type) ? type : "application/octet-stream";
}

/** A file removed or changed on disk since it was chosen, or a folder, cannot be read. */
export async function assertReadable(file: File): Promise<void> {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Problem("FILE_UNREADABLE", 400);
  }
}

/** Where bytes go; with the name of the server, how it answered is told to the service. */
export interface Destination {
  url: string;
  headers: Record<string, string>;
  server?: string | null;
}

/** Sends bytes to the S3 server itself: XMLHttpRequest, because fetch tells no upload progress. */
export function putBytes(
  to: Destination,
  bytes: Blob,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const give = (reason: unknown) => (reject(reason), request.abort());
    const giveUp = () => give(new DOMException("cancelled", "AbortError"));
    const watch = watchSilence(() => (time(false), give(new Problem("CITY_UNREACHABLE", 0))));
    if (signal.aborted) return giveUp();
    const time = timed(request, to.server ?? null, bytes.size);
    request.open("PUT", to.url);
    for (const [name, value] of Object.entries(to.headers)) {
      if (!SET_BY_BROWSER.has(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => (watch.hear(), onProgress(event.loaded));
    request.onload = () => (time(request.status < 500), request.status < 300 ? resolve() : reject(refusal(request)));
    request.onerror = () => (time(false), reject(new Problem("CITY_UNREACHABLE", 0)));
    request.onloadend = () => (watch.end(), signal.removeEventListener("abort", giveUp));
    signal.addEventListener("abort", giveUp);
    // A slice has no type of its own, so no header is sent beside the signed ones.
    request.send(bytes.slice(0, bytes.size));
  });
}

/** Times a request: from its last byte to the answer, and all of it. */
function timed(request: XMLHttpRequest, server: string | null, bytes: number): (ok: boolean) => void {
  const began = performance.now();
  let sentAt = began;
  request.upload.onload = () => (sentAt = performance.now());
  return (ok) => {
    const now = performance.now();
    if (server !== null) reportMeasured({ server, ttfbMs: now - sentAt, ms: now - began, bytes, ok });
  };
}

function watchSilence(onSilence: () => void): { hear: () => void; end: () => void } {
  let timer = setTimeout(onSilence, SILENCE_MS);
  return {
    hear: () => {
      clearTimeout(timer);
      timer = setTimeout(onSilence, SILENCE_MS);
    },
    end: () => clearTimeout(timer),
  };
}

/** S3 answers errors in XML; its `<Code>` is all a person may need to report. */
function refusal(request: XMLHttpRequest): Problem {
  const code = /<Code>(\w+)<\/Code>/.exec(request.responseText)?.[1] ?? "";
  return new Problem("STORAGE_REFUSED", request.status, { detail: code });
}
