import { asProblem, Problem, problemOf, unreachable } from "./problem";
import { AccessTokens } from "./tokens";
import type { Login } from "./types";

const PATIENCE_MS = 20_000;
export const AUTH = "/auth/api/v1";
export const STORAGE = "/storage/api/v1";

export interface Call {
  method?: string;
  body?: unknown;
  query?: Record<string, string | number | null | undefined>;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Live streams have no end; every other answer has to come within 20 seconds. */
  endless?: boolean;
}

/** What the page adds to each request, and what it does about the answers. */
export const surroundings = {
  /** Asks the person logged in to show again who it is; whether that was done. */
  prove: (): Promise<boolean> => Promise.resolve(false),
  /** A token was refused before its time and renewed: its owner may now do more, or less. */
  onRenewed: (): void => undefined,
  fakeIp: null as string | null,
  onPlace: (_header: string): void => undefined,
};

export const tokens = new AccessTokens(() => readJson<Login>(send(`${AUTH}/refresh`, { method: "POST", body: {} })));

/** As long as the same person is there. */
let visit = new AbortController();

/** Somebody leaves: what is still asked for them is neither answered nor asked again for the next. */
export function endVisit(): void {
  visit.abort(new Problem("SIGNED_OUT", 401));
  visit = new AbortController();
}

/** A call as the person logged in, who is asked for a fresh proof where the call needs one. */
export async function authorised(path: string, given: Call = {}): Promise<Response> {
  const { signal } = visit;
  const call = { ...given, signal: given.signal === undefined ? signal : AbortSignal.any([given.signal, signal]) };
  try {
    return await withAnyToken(path, call);
  } catch (reason) {
    if (signal.aborted) throw signal.reason;
    if (asProblem(reason).code !== "PROOF_NEEDED" || !(await surroundings.prove())) throw reason;
    return withAnyToken(path, call);
  }
}

/** A token refused on the way is renewed once. */
async function withAnyToken(path: string, call: Call): Promise<Response> {
  const token = await tokens.fresh();
  try {
    return await send(path, withToken(call, token));
  } catch (reason) {
    if (!isAboutToken(asProblem(reason))) throw reason;
    const renewed = await tokens.other(token);
    surroundings.onRenewed();
    return send(path, withToken(call, renewed));
  }
}

/** A wrong password or code is refused with 401, too: another token would change nothing. */
function isAboutToken({ status, code }: Problem): boolean {
  return status === 401 && !code.startsWith("WRONG_");
}

/** One request; throws `Problem` for any answer that is not a success. */
export async function send(path: string, call: Call = {}): Promise<Response> {
  const response = await reach(path + queryString(call.query), {
    method: call.method ?? "GET",
    headers: headersOf(call),
    body: call.body === undefined ? undefined : JSON.stringify(call.body),
    signal: signalOf(call),
    credentials: "same-origin",
    cache: "no-store",
  });
  const place = response.headers.get("X-Client-Place");
  if (place !== null) surroundings.onPlace(place);
  if (!response.ok) throw await problemOf(response);
  return response;
}

export async function readJson<Answer>(response: Promise<Response>): Promise<Answer> {
  return (await (await response).json()) as Answer;
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (reason) {
    if (reason instanceof DOMException && reason.name === "AbortError") throw reason;
    throw unreachable();
  }
}

function withToken(call: Call, token: string): Call {
  return { ...call, headers: { ...call.headers, Authorization: `Bearer ${token}` } };
}

function headersOf(call: Call): Record<string, string> {
  const headers: Record<string, string> = { Accept: "application/json", ...call.headers };
  if (call.body !== undefined) headers["Content-Type"] = "application/json";
  if (surroundings.fakeIp !== null) headers["X-Fake-IP"] = surroundings.fakeIp;
  return headers;
}

function signalOf(call: Call): AbortSignal | undefined {
  if (call.endless) return call.signal;
  const patience = AbortSignal.timeout(PATIENCE_MS);
  return call.signal === undefined ? patience : AbortSignal.any([call.signal, patience]);
}

function queryString(query: Call["query"]): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value != null && value !== "");
  if (given.length === 0) return "";
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
