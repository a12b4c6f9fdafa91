/** What went wrong with a call: an RFC 9457 answer, or no answer at all (status 0). */
export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly detail = "",
    readonly fields: Record<string, string[]> = {},
    readonly retryAfter: number | null = null,
  ) {
    super(detail || code);
    this.name = "Problem";
  }

  /** Nothing is wrong with the request: the same one may succeed later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export function asProblem(reason: unknown): Problem {
  if (reason instanceof Problem) return reason;
  return new Problem("UNEXPECTED", 500, reason instanceof Error ? reason.message : String(reason));
}

export function unreachable(): Problem {
  return new Problem("UNREACHABLE", 0);
}

export async function problemOf(response: Response): Promise<Problem> {
  const body = await jsonObject(response);
  const code = typeof body["code"] === "string" ? body["code"] : `HTTP_${response.status}`;
  const detail = typeof body["detail"] === "string" ? body["detail"] : "";
  return new Problem(code, response.status, detail, fieldErrors(body["errors"]), secondsToWait(response));
}

async function jsonObject(response: Response): Promise<Record<string, unknown>> {
  try {
    const body: unknown = await response.json();
    return isObject(body) ? body : {};
  } catch {
    return {};
  }
}

function fieldErrors(errors: unknown): Record<string, string[]> {
  if (!isObject(errors)) return {};
  return Object.fromEntries(
    Object.entries(errors).map(([field, messages]) => [field, [messages].flat().map(String)]),
  );
}

function secondsToWait(response: Response): number | null {
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
