import { AUTH, authorised, readJson, send } from "./http";
import type { Login, Profile, Registration } from "./types";

export interface Credentials {
  username: string;
  password: string;
  /** One of the two, where a second factor is on. */
  totp?: string;
  recovery_code?: string;
}

export function logIn(credentials: Credentials): Promise<Login> {
  return readJson(send(`${AUTH}/login`, { method: "POST", body: credentials }));
}

export async function register(registration: Registration): Promise<void> {
  await send(`${AUTH}/register`, { method: "POST", body: registration });
}

/** Takes a new password by the token of a one-time link. */
export async function resetPassword(token: string, newPassword: string): Promise<void> {
  await send(`${AUTH}/password/reset`, { method: "POST", body: { token, new_password: newPassword } });
}

export async function logOut(): Promise<void> {
  await authorised(`${AUTH}/logout`, { method: "POST" });
}

/** It is off at once, and erased after 30 days. */
export async function deleteAccount(): Promise<void> {
  await authorised(`${AUTH}/me`, { method: "DELETE", body: {} });
}

export function getProfile(): Promise<Profile> {
  return readJson(authorised(`${AUTH}/me`));
}
