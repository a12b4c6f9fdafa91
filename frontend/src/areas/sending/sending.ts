import { markRaw } from "vue";

import type { Problem } from "@/api/problem";

export type SendingState = "queued" | "sending" | "finishing" | "done" | "failed";

/** A file on its way to whoever asked for it. */
export interface Sending {
  key: number;
  file: File;
  state: SendingState;
  sent: number;
  /** The upload the service knows. */
  id: string | null;
  server: string | null;
  isInParts: boolean;
  avoid: string[];
  problem: Problem | null;
}

export function newSending(key: number, file: File): Sending {
  return {
    key,
    file: markRaw(file),
    state: "queued",
    sent: 0,
    id: null,
    server: null,
    isInParts: false,
    avoid: [],
    problem: null,
  };
}

export function isActive({ state }: Sending): boolean {
  return state !== "done" && state !== "failed";
}
