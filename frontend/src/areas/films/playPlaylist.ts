import Hls, { type ErrorData, Events, type FragLoadedData } from "hls.js/light";

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
export function playPlaylist(video: HTMLVideoElement, url: string, position: number, told: Told): () => void {
  const hls = new Hls({
    // The policy of the page allows no script out of a blob.
    enableWorker: false,
    startPosition: position,
    maxBufferLength: BUFFER_SECONDS,
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
  hls.loadSource(url);
  hls.attachMedia(video);
  return () => hls.destroy();
}
