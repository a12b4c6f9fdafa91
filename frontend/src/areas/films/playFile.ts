const STALL_MS = 4_000;

/** Plays an address from a position on; `fail` when it breaks or nothing comes for four seconds. Returns what ends it. */
export function playFile(element: HTMLVideoElement, url: string, position: number, fail: () => void): () => void {
  const wasPlaying = !element.paused;
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
    if (position > 0) element.currentTime = position;
    if (wasPlaying) void element.play().catch(() => undefined);
  });
  element.src = url;
  return stop;
}
