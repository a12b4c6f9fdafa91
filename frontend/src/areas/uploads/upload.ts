import { markRaw } from "vue";

import type { Problem } from "@/api/problem";

/**
 * `asking`: a person has to say what becomes of a file of the same name; `waiting`: it did not work
 * for a reason that may pass, and goes on by itself.
 */
export type UploadState = "queued" | "asking" | "preparing" | "sending" | "finishing" | "waiting" | "done" | "failed";

export interface Upload {
  key: number;
  file: File;
  /** What it is to be called, which need not be the name it has on this machine. */
  name: string;
  state: UploadState;
  sent: number;
  speed: number;
  /** The upload the server knows, its city and how far away that is. */
  ticket: string | null;
  fileId: string | null;
  server: string | null;
  distanceKm: number | null;
  /** All bytes have arrived; only the confirmation is missing. */
  isDelivered: boolean;
  /** The name is ours: the person allowed to replace what has it, or it is this upload that has it. */
  mayReplace: boolean;
  problem: Problem | null;
  /** Servers that did not take the bytes. */
  avoid: string[];
  /** Attempts that failed for a reason that may pass. */
  attempts: number;
}

export function newUpload(key: number, file: File): Upload {
  return {
    key,
    file: markRaw(file),
    name: file.name,
    state: "queued",
    sent: 0,
    speed: 0,
    ticket: null,
    fileId: null,
    server: null,
    distanceKm: null,
    isDelivered: false,
    mayReplace: false,
    problem: null,
    avoid: [],
    attempts: 0,
  };
}

export function isActive({ state }: Upload): boolean {
  return state !== "done" && state !== "failed";
}

/** Whether the same file could ever arrive: not when it is its name or its size that is refused. */
export function canRetry({ state, problem }: Upload): boolean {
  if (state === "waiting") return true;
  if (state !== "failed" || problem === null) return false;
  return !HOPELESS.has(problem.code) && Object.keys(problem.fields).length === 0;
}

const HOPELESS = new Set(["FILE_TOO_LARGE", "FILE_UNREADABLE", "PERMISSION_DENIED"]);

export function change(upload: Upload, news: Partial<Upload>): void {
  Object.assign(upload, news);
}
