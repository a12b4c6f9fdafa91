import { defineStore } from "pinia";
import { ref } from "vue";

import { readLive } from "@/api/live";
import { asProblem } from "@/api/problem";
import type { LiveEvent } from "@/api/types";

import { useCities } from "@/areas/map/cities";
import { useFiles } from "./store";
import { usePlace } from "@/areas/map/place";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** Events are a doorbell that may stay silent; a file under way is looked at anyway. */
const LOOK_MS = 10_000;

/** Keeps the list in step with the server while the page is in view. */
export const useLive = defineStore("live", () => {
  const state = ref<"off" | "connecting" | "open" | "down">("off");
  const files = useFiles();
  const cities = useCities();
  const place = usePlace();
  let running: AbortController | null = null;
  let timer: ReturnType<typeof setInterval> | undefined;

  function start(): void {
    document.addEventListener("visibilitychange", followVisibility);
    timer = setInterval(lookAtUnsettled, LOOK_MS);
    followVisibility();
  }

  function stop(): void {
    document.removeEventListener("visibilitychange", followVisibility);
    clearInterval(timer);
    pause();
  }

  /** A hidden tab gives its connection back: browsers allow only six to one plain-HTTP address. */
  function followVisibility(): void {
    if (document.visibilityState === "hidden") pause();
    else if (running === null) void follow((running = new AbortController()));
  }

  function pause(): void {
    running?.abort();
    running = null;
    state.value = "off";
  }

  async function follow({ signal }: AbortController): Promise<void> {
    let wait = FIRST_WAIT_MS;
    state.value = "connecting";
    const onOpen = () => {
      state.value = "open";
      wait = FIRST_WAIT_MS;
      // What happened while nobody listened is read from the lists themselves.
      void files.load();
      void cities.load().catch(() => undefined);
      if (place.seen === null) void place.locate().catch(() => undefined);
    };
    while (!signal.aborted) {
      const ended = await readLive({ onOpen, onEvent }, signal).catch(asProblem);
      if (signal.aborted || ended?.status === 401) return;
      if (ended !== undefined) state.value = "down";
      await pauseFor(wait * (0.5 + Math.random() / 2), signal);
      wait = Math.min(LONGEST_WAIT_MS, wait * 2);
    }
  }

  function onEvent(event: LiveEvent): void {
    if (event.type === "server.changed") void cities.load().catch(() => undefined);
    if (event.file_id === undefined) return;
    if (event.type === "file.deleted") files.drop(event.file_id);
    else void files.refetch(event.file_id);
  }

  function lookAtUnsettled(): void {
    if (document.visibilityState === "hidden") return;
    for (const file of files.unsettled) void files.refetch(file.id);
  }

  return { state, start, stop };
});

/** Waits, but not beyond the moment the network comes back or nobody wants to know any more. */
function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    window.addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}
