import { Problem } from "@/api/problem";
import type { DownloadOffer } from "@/api/types";

const ATTEMPTS = 5;
const PAUSE_MS = 800;
/** A city that sends nothing for so long is left for the next one. */
const STILL_MS = 20_000;

/** Signs the way to a file, the first time or again. */
export type Sign = (signal: AbortSignal) => Promise<DownloadOffer>;

/**
 * The bytes of a file, exactly as many as it has. What breaks off goes on where it was, by a URL that is signed again:
 * from the nearest city or, when that fails, from the next one.
 */
export function bytesOf(size: number, sign: Sign, signal: AbortSignal, onBytes: (count: number) => void) {
  let at = 0;
  let failed = 0;
  let reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  let still = new AbortController();
  let object = "";

  async function begin(): Promise<ReadableStreamDefaultReader<Uint8Array>> {
    still = new AbortController();
    const offer = await sign(signal);
    const urls = [offer.url, ...offer.alternates.map(({ url }) => url)];
    const url = urls[failed % urls.length] ?? offer.url;
    // Of another version these would be other bytes.
    if (at > 0 && objectOf(url) !== object) throw new Problem("FILE_REPLACED", 409);
    object = objectOf(url);
    const headers: Record<string, string> = at === 0 ? {} : { Range: `bytes=${at}-` };
    const eitherEnd = AbortSignal.any([signal, still.signal]);
    const response = await fetch(url, { headers, signal: eitherEnd, cache: "no-store", credentials: "omit" });
    if (!response.ok || response.body === null || (at > 0 && response.status !== 206)) {
      await response.body?.cancel();
      throw new Problem("STORAGE_REFUSED", response.status);
    }
    return response.body.getReader();
  }

  async function next(): Promise<Uint8Array | null> {
    const timer = setTimeout(() => still.abort(new Problem("CITY_UNREACHABLE", 0)), STILL_MS);
    try {
      if (at > 0 && at === size) return null;
      reader ??= await begin();
      const { done, value } = await reader.read();
      if (!done) return value;
      if (at < size) throw new Problem("CITY_UNREACHABLE", 0);
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          try {
            const chunk = await next();
            if (chunk === null) return controller.close();
            at += chunk.byteLength;
            if (at > size) throw new Problem("FILE_REPLACED", 409);
            failed = 0;
            onBytes(chunk.byteLength);
            return controller.enqueue(chunk);
          } catch (reason) {
            await reader?.cancel().catch(() => undefined);
            reader = null;
            failed += 1;
            if (signal.aborted || failed >= ATTEMPTS || isRefused(reason)) throw reason;
            await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * failed));
          }
        }
      },
      async cancel() {
        await reader?.cancel();
      },
    },
    { highWaterMark: 0 },
  );
}

/** A version is one object, which has the same name in every city. */
function objectOf(url: string): string {
  return new URL(url).pathname.split("/").pop() ?? "";
}

/** Our own service says no: the link has ended, or all its downloads are taken. */
function isRefused(reason: unknown): boolean {
  return reason instanceof Problem && reason.code !== "STORAGE_REFUSED" && !reason.passing;
}
