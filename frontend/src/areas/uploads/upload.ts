import { markRaw } from "vue";

import type { Problem } from "@/api/problem";

export type UploadState = "queued" | "preparing" | "sending" | "finishing" | "done" | "failed";

export interface Upload {
  key: number;
  file: File;
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
  problem: Problem | null;
}

export function newUpload(key: number, file: File): Upload {
  return {
    key,
    file: markRaw(file),
    state: "queued",
    sent: 0,
    speed: 0,
    ticket: null,
    fileId: null,
    server: null,
    distanceKm: null,
    isDelivered: false,
    problem: null,
  };
}

export function isActive(upload: Upload): boolean {
  return upload.state !== "done" && upload.state !== "failed";
}

export function change(upload: Upload, news: Partial<Upload>): void {
  Object.assign(upload, news);
}
