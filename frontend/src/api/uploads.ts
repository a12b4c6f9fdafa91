import { authorised, readJson, STORAGE } from "./http";
import { Problem } from "./problem";
import { randomId } from "./random";
import type { StoredFile, UploadTicket } from "./types";

/** Browsers set these themselves and refuse them from a script. */
const SET_BY_BROWSER = new Set(["host", "content-length"]);
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/;

/** Asks where to send a file under a name; `avoid`: servers that have just failed. */
export function startUpload(file: File, name: string, avoid: string[], signal: AbortSignal): Promise<UploadTicket> {
  return readJson(
    authorised(`${STORAGE}/uploads`, {
      method: "POST",
      body: { name, size: file.size, content_type: mediaType(file), ...(avoid.length > 0 && { avoid }) },
      headers: { "Idempotency-Key": randomId() },
      signal,
    }),
  );
}

export function completeUpload(id: string): Promise<StoredFile> {
  return readJson(authorised(`${STORAGE}/uploads/${id}/complete`, { method: "POST" }));
}

/** Browsers take the type from the system, which may have put anything there. */
function mediaType(file: File): string {
  return MEDIA_TYPE.test(file.type) ? file.type : "application/octet-stream";
}

export async function abortUpload(id: string): Promise<void> {
  await authorised(`${STORAGE}/uploads/${id}`, { method: "DELETE" });
}

/** A file removed or changed on disk since it was chosen, or a folder, cannot be read. */
export async function assertReadable(file: File): Promise<void> {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Problem("FILE_UNREADABLE", 400);
  }
}

/** Sends the bytes to the S3 server itself: XMLHttpRequest, because fetch tells no upload progress. */
export function putBytes(
  ticket: UploadTicket,
  file: File,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const giveUp = () => request.abort();
    request.open(ticket.method, ticket.url);
    for (const [name, value] of Object.entries(ticket.headers)) {
      if (!SET_BY_BROWSER.has(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = () => (request.status < 300 ? resolve() : reject(refusal(request)));
    request.onerror = () => reject(new Problem("CITY_UNREACHABLE", 0));
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    request.onloadend = () => signal.removeEventListener("abort", giveUp);
    signal.addEventListener("abort", giveUp);
    // A slice has no type of its own, so no header is sent beside the signed ones.
    request.send(file.slice(0, file.size));
  });
}

/** S3 answers errors in XML; its `<Code>` is all a person may need to report. */
function refusal(request: XMLHttpRequest): Problem {
  const code = /<Code>(\w+)<\/Code>/.exec(request.responseText)?.[1] ?? "";
  return new Problem("STORAGE_REFUSED", request.status, { detail: code });
}
