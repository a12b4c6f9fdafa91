import type { FileRequest, RequestChange } from "@/api/types";
import { type Lifetime, LIFETIMES } from "@/areas/sharing/terms";

const MEGABYTE = 1_000_000;
const MOST_FILES = 1_000_000;

/** What a form says of a file request. */
export interface RequestTerms {
  title: string;
  message: string;
  lifetime: Lifetime;
  /** Empty: none, or the one it has. */
  password: string;
  dropsPassword: boolean;
  /** As typed; empty: as many as come. */
  files: string;
  /** As typed, in megabytes; empty: as much as there is room. */
  megabytes: string;
}

export type RequestState = "open" | "expired" | "full" | "away";

export function newRequestTerms(): RequestTerms {
  return { title: "", message: "", lifetime: "week", password: "", dropsPassword: false, files: "", megabytes: "" };
}

export function termsOfRequest(request: FileRequest): RequestTerms {
  return {
    ...newRequestTerms(),
    title: request.title,
    message: request.message,
    lifetime: "kept",
    files: request.max_files === null ? "" : String(request.max_files),
    megabytes: request.max_bytes === null ? "" : String(request.max_bytes / MEGABYTE),
  };
}

/** The body of a request; what stays as it was is left out. */
export function bodyOfRequest(terms: RequestTerms): RequestChange & { title: string } {
  const body: RequestChange & { title: string } = {
    title: terms.title.trim(),
    message: terms.message.trim(),
    max_files: terms.files === "" ? null : Number(terms.files),
    max_bytes: terms.megabytes === "" ? null : Math.round(numberOf(terms.megabytes) * MEGABYTE),
  };
  if (terms.lifetime === "never") body.expires_at = null;
  else if (terms.lifetime !== "kept") body.lifetime_seconds = LIFETIMES[terms.lifetime];
  if (terms.password !== "") body.password = terms.password;
  else if (terms.dropsPassword) body.password = null;
  return body;
}

export function isCountGood(text: string): boolean {
  return text === "" || (/^\d{1,7}$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_FILES);
}

export function areMegabytesGood(text: string): boolean {
  return text === "" || (/^\d{1,9}([.,]\d{1,6})?$/.test(text) && numberOf(text) * MEGABYTE >= 1);
}

export function isGood(terms: RequestTerms): boolean {
  return terms.title.trim() !== "" && isCountGood(terms.files) && areMegabytesGood(terms.megabytes);
}

/** Whether somebody who has the address can send files now, and if not, why. */
export function stateOfRequest(request: FileRequest, now: number): RequestState {
  if (request.folder_name === null) return "away";
  if (request.expires_at !== null && Date.parse(request.expires_at) <= now) return "expired";
  const isFull = request.max_files !== null && request.files >= request.max_files;
  return isFull || (request.max_bytes !== null && request.bytes >= request.max_bytes) ? "full" : "open";
}

/** People write halves as their language does. */
function numberOf(text: string): number {
  return Number(text.replace(",", "."));
}
