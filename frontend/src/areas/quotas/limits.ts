import type { Limits } from "@/api/types";

/** How full it is, from 0 on: of bytes or of files, whichever is closer to its limit. */
export interface Fullness {
  of: "bytes" | "files" | "nothing";
  share: number;
  left: number;
}

interface Sums extends Limits {
  files: number;
  bytes: number;
  reserved_bytes: number;
}

/** Room that an upload has taken beforehand is no longer there for others. */
export function fullness(usage: Sums): Fullness {
  const bytes = ofLimit("bytes", usage.bytes + usage.reserved_bytes, usage.max_bytes);
  const files = ofLimit("files", usage.files, usage.max_files);
  return files.share > bytes.share ? files : bytes;
}

function ofLimit(of: "bytes" | "files", used: number, most: number | null): Fullness {
  if (most === null) return { of: "nothing", share: -1, left: Infinity };
  return { of, share: most === 0 ? 1 : used / most, left: Math.max(0, most - used) };
}

export const UNITS = { megabyte: 1e6, gigabyte: 1e9, terabyte: 1e12 } as const;
export type Unit = keyof typeof UNITS;

/** Limits as a form shows them; empty means none. */
export interface Fields {
  size: string;
  unit: Unit;
  files: string;
}

export function fieldsOf({ max_bytes, max_files }: Limits): Fields {
  const files = max_files === null ? "" : String(max_files);
  if (max_bytes === null) return { size: "", unit: "gigabyte", files };
  const unit = (["terabyte", "gigabyte"] as const).find((one) => max_bytes >= UNITS[one]) ?? "megabyte";
  return { size: String(max_bytes / UNITS[unit]), unit, files };
}

/** The limits that were typed; undefined when a field is no number. */
export function limitsOf({ size, unit, files }: Fields): Limits | undefined {
  const bytes = numberOf(size, UNITS[unit]);
  const count = numberOf(files, 1);
  return bytes === undefined || count === undefined ? undefined : { max_bytes: bytes, max_files: count };
}

/** Russians write a comma; a file cannot be a half. */
export function numberOf(text: string, times: number): number | null | undefined {
  const plain = text.trim().replace(",", ".");
  if (plain === "") return null;
  const number = Math.round(Number(plain) * times);
  const isWhole = times > 1 || Number.isInteger(Number(plain));
  return number >= 0 && Number.isSafeInteger(number) && isWhole ? number : undefined;
}
