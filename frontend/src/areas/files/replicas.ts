import type { StoredFile } from "@/api/types";

export type CityState = "ready" | "travelling" | "failed";

export interface CityCopy {
  server: string;
  state: CityState;
  /** The state as the server names it. */
  exact: string;
}

/** How the copies of a file are, in one word; `servers` are those that the word is about. */
export interface Spread {
  kind: "arriving" | "everywhere" | "travelling" | "waiting" | "failed";
  ready: number;
  wanted: number;
  servers: string[];
}

const LEAVING = new Set(["erasing", "gone"]);

/** In which cities a file is or should be, in a steady order. */
export function copiesOf(file: StoredFile): CityCopy[] {
  return Object.entries(file.replicas.servers)
    .filter(([, state]) => !LEAVING.has(state))
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([server, exact]) => ({ server, exact, state: stateOf(exact) }));
}

/** Nothing more is going to happen to the file by itself. */
export function isSettled(file: StoredFile): boolean {
  return file.state === "stored" && copiesOf(file).every((copy) => copy.state === "ready");
}

/** The worst of what there is to say about the copies; `isAway` knows the cities that do not answer. */
export function spreadOf(file: StoredFile, isAway: (server: string) => boolean): Spread {
  const copies = copiesOf(file);
  const within = (state: CityState) => copies.filter((copy) => copy.state === state).map(({ server }) => server);
  const counts = { ready: within("ready").length, wanted: copies.length };
  if (file.state === "pending" || copies.length === 0) return { kind: "arriving", ...counts, servers: [] };
  const [failed, travelling] = [within("failed"), within("travelling")];
  if (failed.length > 0) return { kind: "failed", ...counts, servers: failed };
  if (travelling.length === 0) return { kind: "everywhere", ...counts, servers: within("ready") };
  const kind = travelling.every(isAway) ? "waiting" : "travelling";
  return { kind, ...counts, servers: travelling };
}

/** The file once a verified copy has arrived on a server. */
export function withReady(file: StoredFile, server: string): StoredFile {
  const servers = { ...file.replicas.servers, [server]: "ready" as const };
  const ready = Object.values(servers).filter((state) => state === "ready").length;
  return { ...file, replicas: { ...file.replicas, servers, ready } };
}

/** An answer that may be older than what events have told meanwhile: copies that are there stay there. */
export function withKnown(answer: StoredFile, known: StoredFile | undefined): StoredFile {
  if (known?.version !== answer.version) return answer;
  const there = Object.keys(known.replicas.servers).filter((server) => known.replicas.servers[server] === "ready");
  return there.reduce((file, server) => (server in file.replicas.servers ? withReady(file, server) : file), answer);
}

function stateOf(exact: string): CityState {
  if (exact === "ready" || exact === "failed") return exact;
  return "travelling";
}
