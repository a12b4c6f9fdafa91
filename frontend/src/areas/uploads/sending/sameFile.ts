import { Problem } from "@/api/problem";

import { sha256Of } from "./hash";

const END = 65_536;

/** SHA-256 of a file's first and last bytes; null where the page may not hash (plain HTTP). */
export function hashOfEnds(file: File): Promise<string | null> {
  return sha256Of(new Blob([file.slice(0, END), file.slice(Math.max(0, file.size - END))]));
}

/** Throws unless it is the file of which parts have been sent: by size, time and its ends. */
export async function assertSame(file: File, known: { size: number; lastModified: number }, ends: string | null) {
  const isSame = file.size === known.size && file.lastModified === known.lastModified;
  if (!isSame || (ends !== null && (await hashOfEnds(file)) !== ends)) throw new Problem("OTHER_FILE", 400);
}

/** Reads the file again by its handle, if the person allows it. */
export async function readAgain(handle: FileSystemFileHandle, isAsked: boolean): Promise<File | null> {
  try {
    if ((await permissionOf(handle, isAsked)) !== "granted") return null;
    return await handle.getFile();
  } catch {
    return null;
  }
}

interface Guarded {
  queryPermission?: (mode: { mode: "read" }) => Promise<PermissionState>;
  requestPermission?: (mode: { mode: "read" }) => Promise<PermissionState>;
}

async function permissionOf(handle: FileSystemFileHandle, isAsked: boolean): Promise<PermissionState> {
  const guarded = handle as Guarded;
  const known = await guarded.queryPermission?.({ mode: "read" });
  if (known === "prompt" && isAsked) return (await guarded.requestPermission?.({ mode: "read" })) ?? "denied";
  return known ?? "granted";
}
