import { defineStore } from "pinia";
import { ref } from "vue";

import { readLive } from "@/api/live";
import { asProblem } from "@/api/problem";
import type { LiveEvent } from "@/api/types";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** The server ends a connection when a session or rights ended: asked again soon, it says which. */
const AFTER_END_MS = 150;
/** One that ends sooner did not end for a reason like that. */
const BRIEF_MS = 250;
/** Pages read their lists when they open; a connection made at the same time has missed nothing. */
const SAME_TIME_MS = 5_000;

export interface Listener {
  onEvent?: (event: LiveEvent) => void;
  /** The connection is back after a pause: what happened meanwhile has to be read. */
  onReturn?: () => void;
}

/** The connection over which the server tells what happens, as long as the page is in view. */
export const useLive = defineStore("live", () => {
  const state = ref<"off" | "connecting" | "open" | "down">("off");
  const listeners = new Set<Listener>();
  let running: AbortController | null = null;
  let startedAt: number | null = null;

  function start(): void {
    startedAt = performance.now();
    document.addEventListener("visibilitychange", followVisibility);
    followVisibility();
  }

  function stop(): void {
    document.removeEventListener("visibilitychange", followVisibility);
    pause();
  }

  /** Tells a listener what happens, until the function given back is called. */
  function listen(listener: Listener): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
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
      const isFirst = startedAt !== null && performance.now() - startedAt < SAME_TIME_MS;
      startedAt = null;
      if (!isFirst) for (const { onReturn } of listeners) onReturn?.();
    };
    const onEvent = (event: LiveEvent) => {
      for (const listener of listeners) listener.onEvent?.(event);
    };
    while (!signal.aborted) {
      const began = performance.now();
      const ended = await readLive({ onOpen, onEvent }, signal).catch(asProblem);
      if (signal.aborted || ended?.status === 401) return;
      if (ended !== undefined) state.value = "down";
      const isEnded = ended === undefined && performance.now() - began > BRIEF_MS;
      await pauseFor(isEnded ? AFTER_END_MS * Math.random() : wait * (0.5 + Math.random() / 2), signal);
      wait = Math.min(LONGEST_WAIT_MS, wait * 2);
    }
  }

  return { state, start, stop, listen };
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
