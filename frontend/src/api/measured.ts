import { authorised, STORAGE } from "./http";

/** One report of a kind about a city is enough for so long. */
const EVERY_MS = 2_000;
const toldAt = new Map<string, number>();

/** What this browser saw of a city; times of its own clock, in milliseconds. */
export interface Timing {
  server: string;
  /** Until the first byte of the answer, once the city had all it was sent. */
  ttfbMs: number;
  ms: number;
  bytes: number;
  ok: boolean;
}

/** Tells how a city answered, so that what comes next goes elsewhere where it is slow; nobody waits for it. */
export function reportMeasured({ server, ttfbMs, ms, bytes, ok }: Timing): void {
  const [now, kind] = [performance.now(), `${server} ${ok}`];
  if (now - (toldAt.get(kind) ?? -EVERY_MS) < EVERY_MS) return;
  toldAt.set(kind, now);
  const body = { server, ttfb_ms: Math.min(ttfbMs, ms), ms, bytes, ok };
  void authorised(`${STORAGE}/route/measured`, { method: "POST", body }).catch(() => undefined);
}

export function forgetReports(): void {
  toldAt.clear();
}
