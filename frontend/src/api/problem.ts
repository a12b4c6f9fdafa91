type Facts = Record<string, unknown>;

interface More {
  detail?: string;
  /** What is wrong, by field. */
  fields?: Record<string, string[]>;
  /** Seconds to wait. */
  retryAfter?: number | null;
  /** All that the answer says, such as `limit` in bytes. */
  facts?: Facts;
}

/** What went wrong with a call: an RFC 9457 answer, or no answer at all (status 0). */
export class Problem extends Error {
  readonly detail: string;
  readonly fields: Record<string, string[]>;
  readonly retryAfter: number | null;
  private readonly facts: Facts;

  constructor(
    readonly code: string,
    readonly status: number,
    { detail = "", fields = {}, retryAfter = null, facts = {} }: More = {},
  ) {
    super(detail || code);
    this.name = "Problem";
    this.detail = detail;
    this.fields = fields;
    this.retryAfter = retryAfter;
    this.facts = facts;
  }

  /** Nothing is wrong with the request: the same one may succeed later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** A fact that is a word for programs, or "" where the answer does not tell it. */
  word(fact: string): string {
    const value = this.facts[fact];
    return typeof value === "string" ? value : "";
  }

  /** A fact that consists of numbers by their names. */
  counts(fact: string): Record<string, number> {
    const value = this.facts[fact];
    return isObject(value) ? (value as Record<string, number>) : {};
  }

  /** A fact that is a number, or null where the answer does not tell it. */
  number(fact: string): number | null {
    const value = this.facts[fact];
    return typeof value === "number" ? value : null;
  }
}

export function asProblem(reason: unknown): Problem {
  if (reason instanceof Problem) return reason;
  return new Problem("UNEXPECTED", 500, { detail: reason instanceof Error ? reason.message : String(reason) });
}

export function unreachable(): Problem {
  return new Problem("UNREACHABLE", 0);
}

export async function problemOf(response: Response): Promise<Problem> {
  const facts = await jsonObject(response);
  const code = typeof facts["code"] === "string" ? facts["code"] : `HTTP_${response.status}`;
  const detail = typeof facts["detail"] === "string" ? facts["detail"] : "";
  const fields = fieldErrors(facts["errors"]);
  return new Problem(code, response.status, { detail, fields, retryAfter: secondsToWait(response), facts });
}

async function jsonObject(response: Response): Promise<Facts> {
  try {
    const body: unknown = await response.json();
    return isObject(body) ? body : {};
  } catch {
    return {};
  }
}

function fieldErrors(errors: unknown): Record<string, string[]> {
  if (!isObject(errors)) return {};
  return Object.fromEntries(Object.entries(errors).map(([field, messages]) => [field, [messages].flat().map(String)]));
}

function secondsToWait(response: Response): number | null {
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : null;
}

function isObject(value: unknown): value is Facts {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
