import {
  mdiCodeTags,
  mdiFileDocumentOutline,
  mdiFileOutline,
  mdiFilePdfBox,
  mdiImageOutline,
  mdiMusicNote,
  mdiPlayCircleOutline,
  mdiPresentation,
  mdiTable,
  mdiZipBoxOutline,
} from "@mdi/js";

export interface Kind {
  icon: string;
  tint: "violet" | "rose" | "amber" | "teal" | "blue" | "plain";
}

const PLAIN: Kind = { icon: mdiFileOutline, tint: "plain" };

/** By media type, first that fits; offices come before XML, which the newer of their names contain. */
const BY_TYPE: [RegExp, Kind][] = [
  [/^image\//, { icon: mdiImageOutline, tint: "violet" }],
  [/^video\//, { icon: mdiPlayCircleOutline, tint: "rose" }],
  [/^audio\//, { icon: mdiMusicNote, tint: "amber" }],
  [/\/pdf$/, { icon: mdiFilePdfBox, tint: "rose" }],
  [/spreadsheet|ms-excel|\/csv$/, { icon: mdiTable, tint: "teal" }],
  [/presentation|powerpoint/, { icon: mdiPresentation, tint: "amber" }],
  [/wordprocessing|msword|opendocument\.text|\/rtf$|epub/, { icon: mdiFileDocumentOutline, tint: "blue" }],
  [/zip|\bx-tar$|compressed|\brar\b|\/gzip$/, { icon: mdiZipBoxOutline, tint: "amber" }],
  [/[/+](json|xml)$|\/(html|css|javascript|typescript)$|script$|x-python|x-sh$/, { icon: mdiCodeTags, tint: "teal" }],
  [/^text\//, { icon: mdiFileDocumentOutline, tint: "blue" }],
];

/** Browsers and programs often do not know a type; the ending of the name tells it then. */
const ENDINGS: Record<string, string> = {
  jpg: "image/", jpeg: "image/", png: "image/", gif: "image/", webp: "image/", heic: "image/", avif: "image/",
  mp4: "video/", mov: "video/", mkv: "video/", webm: "video/", avi: "video/",
  mp3: "audio/", flac: "audio/", ogg: "audio/", m4a: "audio/", wav: "audio/",
  pdf: "application/pdf", docx: "application/msword", doc: "application/msword", odt: "application/msword",
  rtf: "application/rtf", epub: "application/epub+zip",
  xlsx: "application/ms-excel", xls: "application/ms-excel", ods: "application/ms-excel", csv: "text/csv",
  pptx: "application/powerpoint", ppt: "application/powerpoint", odp: "application/powerpoint",
  zip: "application/zip", gz: "application/gzip", tgz: "application/gzip", tar: "application/x-tar",
  "7z": "application/x-compressed", rar: "application/rar", xz: "application/x-compressed",
  json: "application/json", xml: "application/xml", html: "text/html", css: "text/css", js: "text/javascript",
  ts: "text/typescript", py: "text/x-python", sh: "text/x-sh", txt: "text/plain", md: "text/plain",
};

export function kindOf(name: string, contentType: string): Kind {
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  return byType(type) ?? byType(ENDINGS[name.split(".").at(-1)?.toLowerCase() ?? ""] ?? "") ?? PLAIN;
}

function byType(type: string): Kind | undefined {
  return BY_TYPE.find(([pattern]) => pattern.test(type))?.[1];
}
