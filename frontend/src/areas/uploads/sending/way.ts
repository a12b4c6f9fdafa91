import { asProblem } from "@/api/problem";
import type { SignedPart, UploadProgress } from "@/api/types";

/** What is left to do for an upload: nothing, one PUT, or the parts that are missing. */
export type Way =
  | { kind: "there" }
  | { kind: "whole"; url: string; headers: Record<string, string> }
  | { kind: "parts"; partSize: number; received: Set<number>; links: SignedPart[] };

/** Whether nothing has to be sent any more. */
export function isThere(way: Way, size: number): boolean {
  if (way.kind === "parts") return way.received.size === Math.max(1, Math.ceil(size / way.partSize));
  return way.kind === "there";
}

/** How many bytes of a file have arrived. */
export function sentOf(way: Way, size: number): number {
  if (way.kind !== "parts") return way.kind === "there" ? size : 0;
  return [...way.received].reduce((sum, number) => sum + Math.min(way.partSize, size - (number - 1) * way.partSize), 0);
}

/** Gives up an upload of which not all had arrived; true: it had, and is finished. */
export function hadArrived(abort: Promise<void>): Promise<boolean> {
  return abort.then(
    () => false,
    (reason: unknown) => asProblem(reason).code === "UPLOAD_FINISHED",
  );
}

/** What is left of an upload that has begun; null: nothing, it has to begin anew. */
export function wayLeft(found: Pick<UploadProgress, "state" | "part_size" | "received" | "size">): Way | null {
  if (found.state === "ended") return null;
  if (found.state === "stored") return { kind: "there" };
  const { part_size: partSize, received, size } = found;
  if (partSize === null) return received[0]?.size === size ? { kind: "there" } : null;
  const isWhole = (number: number, length: number) => length === Math.min(partSize, size - (number - 1) * partSize);
  const there = received.filter((part) => isWhole(part.number, part.size)).map((part) => part.number);
  return { kind: "parts", partSize, received: new Set(there), links: [] };
}
