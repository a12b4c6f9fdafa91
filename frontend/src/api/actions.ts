import { authorised, readJson, STORAGE } from "./http";
import type { Action, AnyAction, Page } from "./types";

/** Which lines of the history; what is empty does not narrow it. */
export interface ActionQuery {
  event?: string;
  object_id?: string;
  /** Who did it; only in the history of all. */
  user_id?: string;
  since?: string;
  until?: string;
}

export type ExportFormat = "ndjson" | "csv";

export function listActions(query: ActionQuery, cursor: string | null): Promise<Page<Action>> {
  return readJson(authorised(`${STORAGE}/actions`, { query: { ...query, cursor } }));
}

export function listAllActions(query: ActionQuery, cursor: string | null): Promise<Page<AnyAction>> {
  return readJson(authorised(`${STORAGE}/admin/actions`, { query: { ...query, cursor } }));
}

/** All lines in one file, however many: it may take longer than other calls. */
export async function exportActions(query: ActionQuery, format: ExportFormat): Promise<Blob> {
  const headers = { Accept: "*/*" };
  const answer = await authorised(`${STORAGE}/actions/export`, { query: { ...query, format }, headers, endless: true });
  return answer.blob();
}
