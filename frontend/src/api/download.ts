import type { Timing } from "./measured";
import type { City, DownloadOffer } from "./types";

const PATIENCE_MS = 3_000;
/** The first byte exists, the file is empty, or the server sent everything: it is alive. */
const ALIVE = new Set([200, 206, 416]);

export interface Source {
  server: City;
  url: string;
}

/** Told how a city answered. */
type Teller = (timing: Timing) => void;

/** The first city of the offer that really answers, or null when none does. */
export async function firstAlive(offer: DownloadOffer, tell?: Teller): Promise<Source | null> {
  const sources: Source[] = [{ server: offer.server, url: offer.url }, ...offer.alternates];
  for (const source of sources) {
    const began = performance.now();
    const ok = await answers(source.url);
    const ms = performance.now() - began;
    tell?.({ server: source.server.name, ttfbMs: ms, ms, bytes: 1, ok });
    if (ok) return source;
  }
  return null;
}

/** Lets the browser save the file; the server names it as an attachment, so the page stays. */
export function save(url: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.rel = "noreferrer";
  document.body.append(link);
  link.click();
  link.remove();
}

/** A presigned GET cannot be asked with HEAD, so this asks for one byte and drops the rest. */
async function answers(url: string): Promise<boolean> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const response = await fetch(url, {
      headers: { Range: "bytes=0-0" },
      signal: stop.signal,
      cache: "no-store",
      credentials: "omit",
    });
    return ALIVE.has(response.status);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}
