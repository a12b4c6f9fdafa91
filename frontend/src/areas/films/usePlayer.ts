import { onBeforeUnmount, type Ref, ref, shallowRef } from "vue";

import { type Play, playFilm } from "@/api/films";
import { asProblem, type Problem } from "@/api/problem";

import { playFile } from "./playFile";
import { type Moment, momentOf, serverOf, type Source, sourcesOf } from "./source";

/** Fresh addresses are asked for no more often. */
const PAUSE_MS = 3_000;
const PLAYLIST_TYPE = "application/vnd.apple.mpegurl";

/** Plays a film in a video element; goes on from the next city, at the same position, when one is lost. */
export function usePlayer(video: Ref<HTMLVideoElement | undefined>, id: string) {
  const server = ref<string | null>(null);
  const lost = ref<string | null>(null);
  const problem = shallowRef<Problem | null>(null);
  let sources: Source[] = [];
  let stop = (): void => undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let begunAt = 0;
  /** Where it was when the last address broke. */
  let stopped: Moment | null = null;
  let isOver = false;

  /** Begins, or begins anew by fresh addresses, where the film was. */
  async function start(): Promise<void> {
    clearTimeout(timer);
    begunAt = performance.now();
    try {
      const play = await playFilm(id);
      problem.value = null;
      if (video.value !== undefined && !isOver) await show(video.value, play);
    } catch (reason) {
      problem.value = asProblem(reason);
      if (problem.value.passing) renew();
    }
  }

  async function show(element: HTMLVideoElement, play: Play): Promise<void> {
    const moment = stopped ?? momentOf(element);
    stopped = null;
    sources = sourcesOf(play);
    stop();
    if (play.playlist === null) return playFrom(element, 0, moment);
    const { playPlaylist, canPlay } = await import("./playPlaylist");
    if (isOver) return;
    if (canPlay()) {
      stop = playPlaylist(element, play.playlist.url, moment, { onSegment, onEnd: renew });
    } else if (element.canPlayType(PLAYLIST_TYPE) !== "") {
      // The segments are of other origins than the playlist: Chromium plays them by CORS only.
      element.crossOrigin = "anonymous";
      stop = playFile(element, ofOneCity(play.playlist.url), moment, goOn);
      arriveAt(play.server?.name ?? null);
    } else {
      playFrom(element, 0, moment);
    }
  }

  /** One file: its addresses one after the other, then fresh ones. */
  function playFrom(element: HTMLVideoElement, index: number, moment: Moment): void {
    const source = sources[index];
    if (source === undefined) return goOn(moment);
    stop = playFile(element, source.url, moment, (at) => playFrom(element, index + 1, at));
    arriveAt(source.server);
  }

  function onSegment(url: string, pathway: string): void {
    arriveAt(serverOf(url, sources, pathway) || null);
  }

  function arriveAt(name: string | null): void {
    if (name === server.value) return;
    lost.value = server.value;
    server.value = name;
  }

  function goOn(at: Moment): void {
    stopped = at;
    renew();
  }

  function renew(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void start(), Math.max(0, begunAt + PAUSE_MS - performance.now()));
  }

  onBeforeUnmount(() => {
    isOver = true;
    clearTimeout(timer);
    stop();
  });
  return { server, lost, problem, start };
}

/** A player of the browser's own may know nothing of Content Steering, and take any of the cities. */
function ofOneCity(playlist: string): string {
  const url = new URL(playlist);
  url.searchParams.set("cities", "1");
  return url.href;
}
