import { authorised, readJson, STORAGE } from "./http";
import type {
  AddedCity,
  CityChange,
  CityDetail,
  DeadLetter,
  DrainProgress,
  Health,
  LostCounts,
  NewCity,
  Page,
  Probed,
  ReplicationFigures,
} from "./types";

/** A server that is far and slow may take its time to be tried. */
const PROBE_MS = 60_000;
const HEALTH_AT_ONCE = 10;
const SERVERS = `${STORAGE}/servers`;
const LETTERS = `${STORAGE}/admin/dead-letters`;

export function getCity(id: string): Promise<CityDetail> {
  return readJson(authorised(`${SERVERS}/${id}`));
}

export function probeNew(body: NewCity): Promise<Probed> {
  return readJson(authorised(`${SERVERS}/probe`, { method: "POST", body, ...patient() }));
}

export function probeAgain(id: string): Promise<Probed> {
  return readJson(authorised(`${SERVERS}/${id}/probe`, { method: "POST", ...patient() }));
}

export function addCity(body: NewCity): Promise<AddedCity> {
  return readJson(authorised(SERVERS, { method: "POST", body, ...patient() }));
}

export function changeCity(id: string, body: CityChange): Promise<CityDetail> {
  return readJson(authorised(`${SERVERS}/${id}`, { method: "PATCH", body, ...patient() }));
}

/** `loss`: how many versions may be lost, to the number. */
export function removeCity(id: string, loss: number | null): Promise<LostCounts> {
  return readJson(authorised(`${SERVERS}/${id}`, { method: "DELETE", query: { confirm_loss: loss }, ...patient() }));
}

/** The newest states first, some at a time. */
export function getHealth(id: string, cursor: string | null = null): Promise<Health> {
  return readJson(authorised(`${SERVERS}/${id}/health`, { query: { cursor, limit: HEALTH_AT_ONCE } }));
}

export function planDrain(id: string): Promise<DrainProgress> {
  return readJson(authorised(`${SERVERS}/${id}/drain`, { method: "POST", query: { dry_run: 1 } }));
}

export function startDrain(id: string): Promise<DrainProgress> {
  return readJson(authorised(`${SERVERS}/${id}/drain`, { method: "POST" }));
}

export async function stopDrain(id: string): Promise<void> {
  await authorised(`${SERVERS}/${id}/drain`, { method: "DELETE" });
}

export function getDrain(id: string): Promise<DrainProgress> {
  return readJson(authorised(`${SERVERS}/${id}/progress`));
}

export async function listFigures(): Promise<ReplicationFigures[]> {
  return (await readJson<Page<ReplicationFigures>>(authorised(`${STORAGE}/admin/replication`))).items;
}

export function listLetters(cursor: string | null = null): Promise<Page<DeadLetter>> {
  return readJson(authorised(LETTERS, { query: { cursor } }));
}

export async function retryLetter(id: string): Promise<void> {
  await authorised(`${LETTERS}/${id}/retry`, { method: "POST" });
}

export function retryLetters(): Promise<{ retried: number }> {
  return readJson(authorised(`${LETTERS}/retry`, { method: "POST", body: {} }));
}

export async function dropLetter(id: string, reason: string): Promise<void> {
  await authorised(`${LETTERS}/${id}`, { method: "DELETE", query: { reason } });
}

function patient() {
  return { endless: true, signal: AbortSignal.timeout(PROBE_MS) };
}
