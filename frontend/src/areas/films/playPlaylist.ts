import Hls, { type ErrorData, Events, type FragLoadedData } from "hls.js";

import { surroundings } from "@/api/http";

import type { Moment } from "./source";

/** Whoever waits longer for a segment would notice: the next city is asked, at once. */
const PATIENCE_MS = 4_000;
const BUFFER_SECONDS = 30;
const NOW = { maxNumRetry: 0, retryDelayMs: 0, maxRetryDelayMs: 0 };
const FORBIDDEN = 403;

export interface Told {
  /** A segment came from this address, on this pathway. */
  onSegment: (url: string, pathway: string) => void;
  /** Nothing more can be loaded by these addresses: they have ended, or no city answers. */
  onEnd: () => void;
}

export const canPlay = () => Hls.isSupported();

/** Plays a playlist by Media Source Extensions; Content Steering changes between cities. Returns what ends it. */
export function playPlaylist(video: HTMLVideoElement, url: string, moment: Moment, told: Told): () => void {
  const hls = new Hls({
    // The policy of the page allows no script out of a blob.
    enableWorker: false,
    startPosition: moment.position,
    maxBufferLength: BUFFER_SECONDS,
    maxMaxBufferLength: BUFFER_SECONDS,
    xhrSetup: sayPlace,
    fragLoadPolicy: {
      default: {
        maxTimeToFirstByteMs: PATIENCE_MS,
        maxLoadTimeMs: 5 * PATIENCE_MS,
        timeoutRetry: NOW,
        errorRetry: NOW,
      },
    },
  });
  hls.on(Events.FRAG_LOADED, (_: string, { frag }: FragLoadedData) => {
    told.onSegment(frag.url, hls.levels[frag.level]?.pathwayId ?? "");
  });
  hls.on(Events.ERROR, (_: string, { fatal, response }: ErrorData) => {
    if (fatal || response?.code === FORBIDDEN) told.onEnd();
  });
  if (moment.isPlaying) hls.on(Events.MEDIA_ATTACHED, () => void video.play().catch(() => undefined));
  hls.loadSource(url);
  hls.attachMedia(video);
  return () => hls.destroy();
}

/** Playlists and steering are ours: they hear the place like every call; a city is told nothing. */
function sayPlace(request: XMLHttpRequest, url: string): void {
  if (surroundings.fakeIp === null || new URL(url).origin !== location.origin) return;
  if (request.readyState === XMLHttpRequest.UNSENT) request.open("GET", url, true);
  request.setRequestHeader("X-Fake-IP", surroundings.fakeIp);
}
