/** The answers and bodies the page works with, by the names it calls them; see `make api-types`. */

import type { components as Auth } from "./schema/auth";
import type { components as Storage } from "./schema/storage";

type AuthSchemas = Auth["schemas"];
type StorageSchemas = Storage["schemas"];

export interface Page<Item> {
  items: Item[];
  next: string | null;
}

export type Login = Omit<AuthSchemas["TokenPair"], "refresh_token">;
export type Profile = AuthSchemas["User"];
export type Registration = Required<AuthSchemas["NewUser"]> & Partial<Pick<AuthSchemas["Registration"], "invitation">>;

export type StoredFile = StorageSchemas["File"];
export type City = StorageSchemas["Server"];
export type Place = Omit<StorageSchemas["Place"], "country">;
/** The page never asks for parts, and what it uploads comes in one piece. */
export type UploadTicket = StorageSchemas["StartedUpload"] &
  Required<Pick<StorageSchemas["StartedUpload"], "method" | "url" | "headers">>;
export type DownloadOffer = StorageSchemas["Download"];

export interface LiveEvent {
  type: string;
  file_id?: string;
  server: string | null;
  /** Of a server that has changed. */
  state?: string;
  at: string;
}

export type Link = StorageSchemas["Link"];
export type NewLink = Partial<StorageSchemas["NewLink"]>;
export type LinkChange = Partial<StorageSchemas["LinkChange"]>;
export type PublicLink = StorageSchemas["PublicLink"];
/** The page opens links to files only. */
export type OpenedLink = StorageSchemas["Opened"] & DownloadOffer;
