import type { SignedPart } from "@/api/types";

const MOST_AT_ONCE = 100;
/** What a link may live before it is signed anew, of what it says. */
const FRESH = 0.8;
const USUAL_S = 900;

/** Signs parts of one upload, the first time or again. */
export type SignParts = (numbers: number[], signal: AbortSignal) => Promise<SignedPart[]>;

/** The signed links of an upload's parts: those that came with it, and more when they are needed. */
export class PartLinks {
  private readonly links = new Map<number, { part: SignedPart; staleAt: number }>();
  private signing: Promise<void> | null = null;

  constructor(
    private readonly signParts: SignParts,
    first: SignedPart[],
    private readonly signal: AbortSignal,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.keep(first);
  }

  /** The link of one part; `missing` are the parts that will be asked for next. */
  async of(number: number, missing: Iterable<number>): Promise<SignedPart> {
    for (;;) {
      const known = this.links.get(number);
      if (known !== undefined && this.clock() < known.staleAt) return known.part;
      this.signing ??= this.sign([number, ...missing]).finally(() => (this.signing = null));
      await this.signing;
    }
  }

  /** The part is there, or its link is of no use. */
  forget(number: number): void {
    this.links.delete(number);
  }

  private async sign(numbers: number[]): Promise<void> {
    const asked = numbers.filter((number) => (this.links.get(number)?.staleAt ?? 0) <= this.clock());
    this.keep(await this.signParts([...new Set(asked)].slice(0, MOST_AT_ONCE), this.signal));
  }

  private keep(parts: SignedPart[]): void {
    for (const part of parts) {
      this.links.set(part.number, { part, staleAt: this.clock() + lifeOf(part.url) * FRESH * 1000 });
    }
  }
}

/** Seconds that a presigned link lives, as it says itself. */
function lifeOf(url: string): number {
  return Number(/[?&]X-Amz-Expires=(\d+)/.exec(url)?.[1] ?? USUAL_S);
}
