/** Lets so many work at the same time, in the order in which they came. */
export class Lanes {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async run<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    await this.enter(signal);
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      this.leave();
    }
  }

  private async enter(signal: AbortSignal): Promise<void> {
    if (this.free > 0) return void (this.free -= 1);
    await new Promise<void>((resolve, reject) => {
      const come = () => (signal.removeEventListener("abort", giveUp), resolve());
      const giveUp = () => {
        this.waiting.splice(this.waiting.indexOf(come), 1);
        reject(signal.reason as Error);
      };
      this.waiting.push(come);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }

  /** Hands the lane to the next one, so that nobody overtakes. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.free += 1;
    else next();
  }
}
