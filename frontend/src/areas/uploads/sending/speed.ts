const SETTLE_MS = 250;
const WEIGHT = 0.3;

/** A calm estimate of bytes per second from a stream of totals (exponential moving average). */
export class SpeedMeter {
  private rate = 0;
  private lastTime: number;

  constructor(
    private lastTotal = 0,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.lastTime = clock();
  }

  /** Takes the bytes sent so far, gives bytes per second. */
  sample(total: number): number {
    const elapsed = this.clock() - this.lastTime;
    if (elapsed < SETTLE_MS) return this.rate;
    const rate = Math.max(0, ((total - this.lastTotal) * 1000) / elapsed);
    this.rate = this.rate === 0 ? rate : this.rate + WEIGHT * (rate - this.rate);
    this.lastTotal = total;
    this.lastTime += elapsed;
    return this.rate;
  }
}
