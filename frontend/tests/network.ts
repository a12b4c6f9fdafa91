import { vi } from "vitest";

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
  signal: AbortSignal | null;
}

type Answer = Response | Error | ((asked: Asked) => Response | Promise<Response>);

/** The network as the page sees it: `fetch` answers from a script, and keeps what it was asked. */
export class Network {
  readonly asked: Asked[] = [];
  private readonly answers = new Map<string, Answer[]>();

  constructor() {
    vi.stubGlobal("fetch", (input: string, init?: RequestInit) => this.take(input, init));
  }

  /** The next answers to `GET /path`; the last one stays for all later questions. */
  on(route: string, ...answers: Answer[]): this {
    this.answers.set(route, answers);
    return this;
  }

  to(route: string): Asked[] {
    return this.asked.filter((asked) => `${asked.method} ${asked.path}` === route);
  }

  private async take(input: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(input, "http://meridian.test");
    const asked: Asked = {
      method: init.method ?? "GET",
      path: url.origin === "http://meridian.test" ? url.pathname : url.origin + url.pathname,
      query: url.searchParams,
      headers: new Headers(init.headers),
      body: typeof init.body === "string" ? JSON.parse(init.body) : undefined,
      signal: init.signal ?? null,
    };
    this.asked.push(asked);
    if (asked.signal?.aborted) throw new DOMException("aborted", "AbortError");
    const queue = this.answers.get(`${asked.method} ${asked.path}`);
    const answer = queue === undefined ? refuse(404, "NOT_FOUND") : queue.length > 1 ? queue.shift() : queue[0];
    if (answer instanceof Error) throw answer;
    if (typeof answer === "function") return Promise.race([answer(asked), aborted(asked.signal)]);
    return (answer as Response).clone();
  }
}

function aborted(signal: AbortSignal | null): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
  });
}

export function json(body: unknown, headers: Record<string, string> = {}, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
}

export function refuse(
  status: number,
  code: string,
  more: object = {},
  headers: Record<string, string> = {},
): Response {
  const body = { type: "about:blank", title: code, status, code, detail: "", request_id: "r", ...more };
  return json(body, { "Content-Type": "application/problem+json", ...headers }, status);
}

export const offline = new TypeError("Failed to fetch");

export function newLogin(token = "token-1", seconds = 600): Response {
  return json({ access_token: token, token_type: "Bearer", expires_in: seconds, refresh_token: "secret" });
}
