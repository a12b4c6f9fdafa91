import type { StoredFile } from "@/api/types";

export type CityState = "ready" | "travelling" | "failed";

export interface CityCopy {
  server: string;
  state: CityState;
  /** The state as the server names it. */
  exact: string;
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

function stateOf(exact: string): CityState {
  if (exact === "ready" || exact === "failed") return exact;
  return "travelling";
}
