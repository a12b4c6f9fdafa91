import { AUTH, authorised, readJson, send } from "./http";
import type { Login, Profile, Registration } from "./types";

export interface Credentials {
  username: string;
  password: string;
  totp?: string;
}

export function logIn(credentials: Credentials): Promise<Login> {
  return readJson(send(`${AUTH}/login`, { method: "POST", body: credentials }));
}

export async function register(registration: Registration): Promise<void> {
  await send(`${AUTH}/register`, { method: "POST", body: registration });
}

export async function logOut(): Promise<void> {
  await authorised(`${AUTH}/logout`, { method: "POST" });
}

export function getProfile(): Promise<Profile> {
  return readJson(authorised(`${AUTH}/me`));
}
