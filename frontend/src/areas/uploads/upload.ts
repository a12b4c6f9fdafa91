import { markRaw } from "vue";

import type { Problem } from "@/api/problem";
import { randomId } from "@/api/random";

/**
 * `asking`: a person has to say what becomes of a file of the same name; `waiting`: it did not work
 * for a reason that may pass, and goes on by itself; `missing`: the page was left meanwhile, and its
 * file has to be chosen again.
 */
export type UploadState =
  "queued" | "asking" | "preparing" | "sending" | "finishing" | "waiting" | "paused" | "missing" | "done" | "failed";

/** What becomes of a name that is taken: a refusal, so that a person can be asked, is the beginning. */
export type OnConflict = "fail" | "version" | "rename";

/** A file that a person has chosen; `path`: the folders it was in, "" for none. */
export interface Chosen {
  file: File;
  path: string;
  handle: FileSystemFileHandle | null;
  /** The file that it is written over, wherever that is. */
  over?: string;
}

export interface Upload {
  key: number;
  /** Under which it is remembered beyond this page. */
  id: string;
  /** What was chosen at one time, about which a person is asked once. */
  batch: number;
  /** Null: it was chosen before the page was left. */
  file: File | null;
  /** By which the file can be read again. */
  handle: FileSystemFileHandle | null;
  /** What it is to be called, which need not be the name it has on this machine. */
  name: string;
  fileName: string;
  size: number;
  type: string;
  lastModified: number;
  /** The folder that was open, and the folders below it. */
  folderId: string | null;
  path: string;
  over: string | null;
  onConflict: OnConflict;
  state: UploadState;
  sent: number;
  speed: number;
  /** The upload the server knows, its city and how far away that is. */
  ticket: string | null;
  isInParts: boolean;
  fileId: string | null;
  /** Without this upload there would be no such file. */
  isNewFile: boolean;
  server: string | null;
  distanceKm: number | null;
  /** All bytes have arrived; only the confirmation is missing. */
  isDelivered: boolean;
  problem: Problem | null;
  /** Servers that did not take the bytes. */
  avoid: string[];
  /** Since when the city has been failing, and attempts that failed for a reason that may pass. */
  failingSince: number | null;
  attempts: number;
}

/** What nothing has happened to yet. */
const FRESH = {
  batch: 0,
  onConflict: "fail",
  state: "queued",
  sent: 0,
  speed: 0,
  ticket: null,
  isInParts: false,
  fileId: null,
  isNewFile: true,
  server: null,
  distanceKm: null,
  isDelivered: false,
  problem: null,
  failingSince: null,
  attempts: 0,
} as const;

export function newUpload(key: number, chosen: Chosen, batch = 0, folderId: string | null = null): Upload {
  const { file, path, handle, over = null } = chosen;
  const { name, size, type, lastModified } = file;
  const what = { name, fileName: name, size, type, lastModified, folderId, path, over };
  return { ...FRESH, ...what, avoid: [], key, id: randomId(), batch, file: markRaw(file), handle: raw(handle) };
}

/** What is known of an upload beyond the page it was begun on. */
export type Memory = Omit<Upload, "key" | "file" | keyof typeof FRESH> &
  Pick<Upload, "onConflict" | "ticket" | "isInParts" | "fileId" | "isNewFile" | "server" | "distanceKm">;

/** An upload of an earlier visit. */
export function recalledUpload(key: number, known: Memory): Upload {
  return { ...FRESH, ...known, key, file: null, handle: raw(known.handle), state: "missing" };
}

function raw(handle: FileSystemFileHandle | null): FileSystemFileHandle | null {
  return handle === null ? null : markRaw(handle);
}

/** Not over yet, whether it moves or not. */
export function isActive({ state }: Upload): boolean {
  return state !== "done" && state !== "failed";
}

/** Moves, or will by itself. */
export function isGoing({ state }: Upload): boolean {
  return ["queued", "preparing", "sending", "finishing", "waiting"].includes(state);
}

export function isMoving({ state }: Upload): boolean {
  return ["preparing", "sending", "finishing"].includes(state);
}

/** Whether the same file could ever arrive: not when it is its name or its size that is refused. */
export function canRetry({ state, problem }: Upload): boolean {
  if (state === "waiting") return true;
  if (state !== "failed" || problem === null) return false;
  return !HOPELESS.has(problem.code) && Object.keys(problem.fields).length === 0;
}

const HOPELESS = new Set(["FILE_TOO_LARGE", "FILE_UNREADABLE", "PERMISSION_DENIED", "FOLDER_EXISTS", "FOLDER_REFUSED"]);

export function change(upload: Upload, news: Partial<Upload>): void {
  Object.assign(upload, news);
}
