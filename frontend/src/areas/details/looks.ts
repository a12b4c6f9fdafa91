import type { StoredFile } from "@/api/types";

export type Look = "image" | "video" | "audio" | "pdf" | "markdown" | "text";

/** A longer text is no preview any more. */
export const LONGEST_TEXT = 1024 * 1024;

/** Browsers and programs often do not know a type; the ending tells it then. An SVG may hold scripts. */
const ENDINGS: [Look, string][] = [
  ["image", "jpg jpeg png gif webp avif bmp"],
  ["video", "mp4 webm m4v mov"],
  ["audio", "mp3 m4a ogg opus flac wav"],
  ["markdown", "md markdown"],
  ["text", "txt log csv tsv json yaml yml toml ini srt py js ts sh sql xml html css"],
];
const BY_ENDING = new Map(ENDINGS.flatMap(([look, all]) => all.split(" ").map((ending) => [ending, look])));
const BY_TYPE: [RegExp, Look][] = [
  [/^image\/(?!.*(svg|xml))/, "image"],
  [/^video\//, "video"],
  [/^audio\//, "audio"],
  [/^application\/pdf$/, "pdf"],
  [/^text\/(x-)?markdown$/, "markdown"],
];

/** How a file is shown, or null where there is no way that runs nothing of it. */
export function lookOf({ name, content_type }: Pick<StoredFile, "name" | "content_type">): Look | null {
  const type = content_type.split(";")[0]?.trim().toLowerCase() ?? "";
  const known = BY_TYPE.find(([pattern]) => pattern.test(type))?.[1];
  if (known !== undefined) return known;
  const byEnding = BY_ENDING.get(name.split(".").at(-1)?.toLowerCase() ?? "") ?? null;
  return byEnding ?? (type.startsWith("text/") ? "text" : null);
}

export function isTooLong(look: Look | null, size: number): boolean {
  return (look === "text" || look === "markdown") && size > LONGEST_TEXT;
}
