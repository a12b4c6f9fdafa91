import type { Play } from "@/api/films";

/** An address of a film and the server that it is of. */
export interface Source {
  server: string;
  url: string;
}

/** Where a film is, and whether it runs: what has to be the same with the next address. */
export interface Moment {
  position: number;
  isPlaying: boolean;
}

export function momentOf({ currentTime, paused, ended }: HTMLMediaElement): Moment {
  return { position: currentTime, isPlaying: !paused && !ended };
}

/** All addresses of the file of a film, the nearest first. */
export function sourcesOf({ url, server, alternates }: Play): Source[] {
  const first = url === null || server === null ? [] : [{ server: server.name, url }];
  return [...first, ...alternates.map((other) => ({ server: other.server.name, url: other.url }))];
}

/** The server of a segment: by where it came from, else by the pathway that the player is on. */
export function serverOf(url: string, sources: Source[], pathway: string): string {
  const origin = originOf(url);
  return sources.find((source) => originOf(source.url) === origin)?.server ?? pathway;
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "";
}
