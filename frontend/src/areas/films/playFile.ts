import type { Moment } from "./source";

const STALL_MS = 4_000;

/** Plays an address from a moment on; `fail` when it breaks or nothing comes for four seconds. Returns what ends it. */
export function playFile(
  element: HTMLVideoElement,
  url: string,
  moment: Moment,
  fail: (at: Moment) => void,
): () => void {
  // Not asked of the element when it fails: a browser may have paused it by then.
  let { isPlaying } = moment;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = new AbortController();
  const on = (event: string, act: () => void) => element.addEventListener(event, act, { signal: heard.signal });
  const stop = () => {
    clearTimeout(timer);
    heard.abort();
  };
  const end = () => {
    stop();
    fail({ position: element.currentTime || moment.position, isPlaying });
  };
  on("error", end);
  on("play", () => (isPlaying = true));
  on("pause", () => (isPlaying = element.error !== null && isPlaying));
  on("waiting", () => {
    clearTimeout(timer);
    timer = setTimeout(end, STALL_MS);
  });
  on("timeupdate", () => clearTimeout(timer));
  on("loadedmetadata", () => {
    if (moment.position > 0) element.currentTime = moment.position;
    if (isPlaying) void element.play().catch(() => undefined);
  });
  element.src = url;
  return stop;
}
