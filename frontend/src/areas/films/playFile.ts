import type { Moment } from "./source";

const STALL_MS = 4_000;

/** Plays an address from a moment on; `fail` when it breaks or nothing comes for four seconds. Returns what ends it. */
export function playFile(element: HTMLVideoElement, url: string, moment: Moment, fail: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = new AbortController();
  const on = (event: string, act: () => void) => element.addEventListener(event, act, { signal: heard.signal });
  const stop = () => {
    clearTimeout(timer);
    heard.abort();
  };
  const end = () => {
    stop();
    fail();
  };
  on("error", end);
  on("waiting", () => {
    clearTimeout(timer);
    timer = setTimeout(end, STALL_MS);
  });
  on("timeupdate", () => clearTimeout(timer));
  on("loadedmetadata", () => {
    if (moment.position > 0) element.currentTime = moment.position;
    if (moment.isPlaying) void element.play().catch(() => undefined);
  });
  element.src = url;
  return stop;
}
