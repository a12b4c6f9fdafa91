import { asProblem, Problem } from "./problem";
import type { Login } from "./types";

const EARLY_MS = 30_000;
const ROTATED_ELSEWHERE_MS = 400;
const LOCK = "meridian.refresh";

/**
 * Holds the access token in memory and renews it in time.
 *
 * The refresh token is an HttpOnly cookie this code never sees. All tabs share it and it changes at
 * every use, so one tab renews at a time (Web Locks); where a browser has no locks, a refused tab
 * tries once more with the cookie that its neighbour has just received.
 */
export class AccessTokens {
  private token: string | null = null;
  private endsAt = 0;
  private flight: Promise<string> | null = null;
  private epoch = 0;
  /** Called when the server says that the session is over. */
  onLost: () => void = () => undefined;

  constructor(private readonly exchange: () => Promise<Login>) {}

  adopt(login: Login): string {
    this.begin();
    return this.keep(login);
  }

  forget(): void {
    this.begin();
    this.token = null;
    this.endsAt = 0;
  }

  /** A token good for at least half a minute. */
  async fresh(): Promise<string> {
    if (this.token !== null && Date.now() < this.endsAt - EARLY_MS) return this.token;
    return this.renew();
  }

  /** A token other than the refused one; no exchange when somebody has renewed it already. */
  async other(refused: string): Promise<string> {
    return this.token !== null && this.token !== refused ? this.token : this.renew();
  }

  /** However many ask at once, one exchange is made. */
  renew(): Promise<string> {
    if (this.flight === null) {
      const flight = this.exchangeAlone().finally(() => {
        if (this.flight === flight) this.flight = null;
      });
      this.flight = flight;
    }
    return this.flight;
  }

  private async exchangeAlone(): Promise<string> {
    const epoch = this.epoch;
    const outcome = await inTurn(() => this.exchangePatiently()).catch(asProblem);
    // Somebody logged in or out meanwhile: that counts, not this answer.
    if (epoch !== this.epoch) return this.token ?? fail(new Problem("SIGNED_OUT", 401));
    if (!(outcome instanceof Problem)) return this.keep(outcome);
    if (outcome.status === 401) this.lose();
    return fail(outcome);
  }

  private async exchangePatiently(): Promise<Login> {
    try {
      return await this.exchange();
    } catch (reason) {
      if (asProblem(reason).status !== 401 || locks() !== undefined) throw reason;
      await new Promise((resolve) => setTimeout(resolve, ROTATED_ELSEWHERE_MS));
      return this.exchange();
    }
  }

  /** What is under way belongs to the time before. */
  private begin(): void {
    this.epoch += 1;
    this.flight = null;
  }

  private lose(): void {
    this.forget();
    this.onLost();
  }

  private keep(login: Login): string {
    this.token = login.access_token;
    this.endsAt = Date.now() + login.expires_in * 1000;
    return login.access_token;
  }
}

function fail(problem: Problem): never {
  throw problem;
}

/** Web Locks exist only where the page counts as secure (HTTPS or this very machine). */
function locks(): LockManager | undefined {
  return (navigator as Partial<Navigator>).locks ?? undefined;
}

async function inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
  const manager = locks();
  return manager === undefined ? action() : manager.request(LOCK, action);
}
