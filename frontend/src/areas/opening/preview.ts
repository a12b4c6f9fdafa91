const PICTURES: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  avif: "image/avif",
};
const TEXTS = new Set(["txt", "md", "csv", "tsv", "json", "log", "yaml", "yml", "toml", "ini", "srt"]);
const FILMS = new Set(["mp4", "m4v", "webm", "mov"]);
const LARGEST_PICTURE = 25_000_000;
const LARGEST_TEXT = 500_000;

export interface Preview {
  kind: "picture" | "text" | "film";
  /** Of a picture a `blob:` address, of a text the text itself, of a film where it is played from. */
  content: string;
}

/** What can be shown without any of it being run: pictures of pixels, films, and plain text. */
export function kindOfPreview(name: string, size: number | null | undefined): Preview["kind"] | null {
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  if (size == null || size === 0) return null;
  if (ending in PICTURES && size <= LARGEST_PICTURE) return "picture";
  if (FILMS.has(ending)) return "film";
  return TEXTS.has(ending) && size <= LARGEST_TEXT ? "text" : null;
}

/** Reads the file for a look; whatever the server calls it, it is taken as what its name says. */
export async function readPreview(url: string, name: string, kind: Preview["kind"]): Promise<Preview> {
  if (kind === "film") return { kind, content: url };
  const response = await fetch(url, { credentials: "omit", referrerPolicy: "no-referrer" });
  if (!response.ok) throw new Error(`${response.status}`);
  const bytes = await response.arrayBuffer();
  if (kind === "text") return { kind, content: new TextDecoder().decode(bytes) };
  const type = PICTURES[name.slice(name.lastIndexOf(".") + 1).toLowerCase()] ?? "image/png";
  return { kind, content: URL.createObjectURL(new Blob([bytes], { type })) };
}
