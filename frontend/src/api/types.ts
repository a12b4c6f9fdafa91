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
export type ProfileChange = Partial<AuthSchemas["ProfileChange"]>;
export type Proof = Partial<AuthSchemas["Proof"]>;
export type Session = AuthSchemas["Session"];
export type LoginEntry = AuthSchemas["LoginEntry"];
export type Totp = AuthSchemas["Totp"];
export type TotpSecret = AuthSchemas["TotpSecret"];
export type Passkey = AuthSchemas["Passkey"];
export type ApiToken = AuthSchemas["ApiToken"];
export type MadeToken = AuthSchemas["MadeToken"];
export type TokenWish = AuthSchemas["NewToken"];
export type Person = AuthSchemas["Person"];
export type UserChange = Partial<AuthSchemas["UserChange"]>;
export type ResetLink = AuthSchemas["Link"];
export type Invitation = AuthSchemas["Invitation"];
export type MadeInvitation = AuthSchemas["MadeInvitation"];
export type InvitationWish = Partial<AuthSchemas["NewInvitation"]>;
export type Offer = AuthSchemas["Providers"];
export type LinkedAccount = AuthSchemas["LinkedAccount"];
export type Provider = AuthSchemas["Provider"];
export type Role = AuthSchemas["Role"];
export type RoleChange = Partial<AuthSchemas["RoleChange"]>;
export type Permission = AuthSchemas["Permission"];
export type AuditEntry = AuthSchemas["Entry"];

export type StoredFile = StorageSchemas["File"];
export type Batch = StorageSchemas["Batch"];
export type Outcome = StorageSchemas["Outcome"];
/** With what only operators are told. */
export type City = StorageSchemas["Server"] & Pick<StorageSchemas["ServerDetail"], "load_bytes">;
export type Place = Omit<StorageSchemas["Place"], "country">;
/** Where the bytes go: all of them to `url`, or each part to its own. */
export type UploadTicket = StorageSchemas["StartedUpload"];
export type UploadWish = Pick<StorageSchemas["NewUpload"], "name" | "size"> & Partial<StorageSchemas["NewUpload"]>;
export type UploadProgress = StorageSchemas["UploadProgress"];
export type SignedPart = StorageSchemas["SignedPart"];
export type DownloadOffer = StorageSchemas["Download"];
export type Folder = StorageSchemas["Folder"];
export type Action = StorageSchemas["Action"];
export type AnyAction = StorageSchemas["AnyAction"];
export type Replica = StorageSchemas["Replica"];
export type Replicas = StorageSchemas["Replicas"];
export type RankedCity = StorageSchemas["Ranked"];
export type FileVersion = StorageSchemas["Version"];
export type Usage = StorageSchemas["OwnUsage"];
export type PersonUsage = StorageSchemas["PersonUsage"];
export type Limits = StorageSchemas["DefaultQuota"];

export interface LiveEvent {
  type: string;
  file_id?: string;
  /** Of a folder that was changed, or something in it; null: the top. */
  folder_id?: string | null;
  /** Of a link that was opened, or guessed at, which may be a file request. */
  link_id?: string;
  /** Of a file request that something came by. */
  drop_id?: string;
  /** Where somebody was; empty where nobody knows. */
  city?: string;
  server: string | null;
  /** Of a server that has changed. */
  state?: string;
  at: string;
}

export type CityDetail = StorageSchemas["ServerDetail"];
export type NewCity = Partial<StorageSchemas["Described"]>;
export type CityChange = Partial<StorageSchemas["ServerChange"]>;
export type Probed = StorageSchemas["Probed"];
export type AddedCity = StorageSchemas["AddedServer"];
export type DrainProgress = StorageSchemas["DrainProgress"];
export type Health = StorageSchemas["Health"];
export type HealthChange = StorageSchemas["HealthChange"];
export type Uptime = StorageSchemas["Uptime"];
export type LostCounts = StorageSchemas["Counts"];
export type ReplicationFigures = StorageSchemas["Replication"];
export type DeadLetter = StorageSchemas["DeadLetter"];
export type Policy = Required<Omit<StorageSchemas["Policy"], "zones">> & { zones: Required<StorageSchemas["Zones"]> };
export type FoundPolicy = Policy & Pick<StorageSchemas["FoundPolicy"], "set_for" | "set_for_id">;
export type SimulatedPolicy = StorageSchemas["Simulated"];

export type Link = StorageSchemas["Link"];
export type NewLink = Partial<StorageSchemas["NewLink"]>;
export type LinkChange = Partial<StorageSchemas["LinkChange"]>;
export type PublicLink = StorageSchemas["PublicLink"];
export type OpenedLink = StorageSchemas["Opened"] & Partial<DownloadOffer>;
export type OpenedFile = StorageSchemas["Opened"] & DownloadOffer;
export type SharedFile = StorageSchemas["SeenFile"];
export type SharedFolder = StorageSchemas["SeenFolder"];
export type Shared = StorageSchemas["Seen"];

export type PublicRequest = StorageSchemas["PublicDrop"];
export type SendingTicket = StorageSchemas["SendingStarted"];
export type SendingProgress = StorageSchemas["SendingProgress"];
export type SentFile = StorageSchemas["SentFile"];

/** What is shared with people by name. */
export interface Thing {
  kind: "file" | "folder";
  id: string;
  name: string;
}
export type Grant = StorageSchemas["GrantOfThing"];
export type OwnGrant = StorageSchemas["OwnGrant"];
export type SharedThing = StorageSchemas["SharedThing"];
export type Access = SharedThing["access"];

export type FileRequest = StorageSchemas["Drop"];
export type NewRequest = StorageSchemas["NewDrop"];
export type RequestChange = StorageSchemas["DropChange"];
export type SharedOut = StorageSchemas["SharedOut"];
export type LinkSettings = StorageSchemas["LinkSettings"];
