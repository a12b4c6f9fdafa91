import { authorised, readJson, send } from "./http";
import type { components } from "./schema/movies";
import type { Page } from "./types";

type Schemas = components["schemas"];
export type Film = Schemas["Film"];
export type Play = Schemas["Play"];
type Poster = Schemas["Poster"];

const MOVIES = "/movies/api/v1";

/** The gateway knows, whether the service answers now or not. */
export async function isFilmsThere(): Promise<boolean> {
  return (await readJson<{ is_there: boolean }>(send("/movies/api/there"))).is_there;
}

export function searchFilms(query: string, cursor: string | null, limit?: number): Promise<Page<Film>> {
  return readJson(authorised(`${MOVIES}/films/search`, { query: { query, cursor, limit } }));
}

export function getFilm(id: string): Promise<Film> {
  return readJson(authorised(`${MOVIES}/films/${id}`));
}

export function playFilm(id: string): Promise<Play> {
  return readJson(authorised(`${MOVIES}/films/${id}/play`));
}

export async function posterOf(id: string): Promise<string> {
  return (await readJson<Poster>(authorised(`${MOVIES}/films/${id}/poster`))).url;
}
