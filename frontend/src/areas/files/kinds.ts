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
const ENDINGS: [string, string][] = [
  ["image/", "jpg jpeg png gif webp heic avif bmp tif tiff svg"],
  ["video/", "mp4 mov mkv webm avi m4v"],
  ["audio/", "mp3 flac ogg opus m4a wav"],
  ["application/pdf", "pdf"],
  ["application/ms-excel", "xlsx xls ods csv"],
  ["application/powerpoint", "pptx ppt odp key"],
  ["application/msword", "docx doc odt rtf epub pages"],
  ["application/zip", "zip gz tgz tar 7z rar xz zst"],
  ["application/json", "json xml html css js ts py sh sql toml yaml yml"],
  ["text/plain", "txt md log"],
];
const TYPE_OF_ENDING = new Map(ENDINGS.flatMap(([type, all]) => all.split(" ").map((ending) => [ending, type])));

export function kindOf(name: string, contentType: string): Kind {
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  return byType(type) ?? byType(TYPE_OF_ENDING.get(name.split(".").at(-1)?.toLowerCase() ?? "") ?? "") ?? PLAIN;
}

function byType(type: string): Kind | undefined {
  return BY_TYPE.find(([pattern]) => pattern.test(type))?.[1];
}
