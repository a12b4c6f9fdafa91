import { asProblem } from "@/api/problem";
import type { SignedPart } from "@/api/types";
import { putBytes } from "@/api/uploads";

import type { Lanes } from "./lanes";
import { PartLinks, type SignParts } from "./links";
import { delayOf, sleep } from "./patience";

/** Parts of one file that are under way at the same time. */
const AT_ONCE = 6;
/** After so many attempts somebody else has to say what is wrong: 0.5, 1 and 2 seconds between them. */
const MOST_ATTEMPTS = 4;

export interface PartJob {
  sign: SignParts;
  file: File;
  /** Where they go, so that how it answers can be told; null where nobody is signed in. */
  server: string | null;
  partSize: number;
  /** Those that are there already. */
  received: Set<number>;
  links: SignedPart[];
}

/** Sends what is missing of a file, several parts at a time; a slice is read only while it is sent. */
export async function sendParts(
  job: PartJob,
  lanes: Lanes,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const failing = new AbortController();
  const ended = AbortSignal.any([signal, failing.signal]);
  const links = new PartLinks(job.sign, job.links, ended);
  const missing = missingOf(job);
  const tally = new Tally(job, onProgress);

  async function work(): Promise<void> {
    for (let number = missing.shift(); number !== undefined; number = missing.shift()) {
      await sendPart(number);
      job.received.add(number);
      links.forget(number);
    }
  }

  async function sendPart(number: number): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await lanes.run(() => put(number), ended);
      } catch (reason) {
        tally.set(number, 0);
        const { passing, status, code } = asProblem(reason);
        const isOfCity = code === "CITY_UNREACHABLE" || code === "STORAGE_REFUSED";
        if (ended.aborted || !isOfCity || attempt >= MOST_ATTEMPTS) throw reason;
        if (status === 403) links.forget(number);
        else if (!passing && status !== 408) throw reason;
        await sleep(delayOf(attempt - 1), ended);
      }
    }
  }

  async function put(number: number): Promise<void> {
    const { url, headers } = await links.of(number, missing);
    const bytes = job.file.slice((number - 1) * job.partSize, number * job.partSize);
    await putBytes({ url, headers, server: job.server }, bytes, (sent) => tally.set(number, sent), ended);
    tally.set(number, bytes.size);
  }

  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, missing.length) }, work));
  } catch (reason) {
    failing.abort();
    throw reason;
  }
}

function missingOf({ file, partSize, received }: PartJob): number[] {
  const count = Math.max(1, Math.ceil(file.size / partSize));
  return Array.from({ length: count }, (_, index) => index + 1).filter((number) => !received.has(number));
}

/** How much of a file is there, to the byte. */
class Tally {
  private readonly under = new Map<number, number>();
  private total: number;

  constructor(
    { file, partSize, received }: PartJob,
    private readonly tell: (sent: number) => void,
  ) {
    const lengths = [...received].map((number) => Math.min(partSize, file.size - (number - 1) * partSize));
    this.total = lengths.reduce((sum, length) => sum + length, 0);
    this.tell(this.total);
  }

  set(number: number, sent: number): void {
    this.total += sent - (this.under.get(number) ?? 0);
    this.under.set(number, sent);
    this.tell(this.total);
  }
}
