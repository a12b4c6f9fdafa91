import { AUTH, authorised, readJson, send } from "./http";
import type { Login, Offer, Profile, Registration } from "./types";

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

/** Other sites by whose accounts one can log in, and what else this site offers. */
export function getOffer(): Promise<Offer> {
  return readJson(send(`${AUTH}/providers`));
}

/** Sends a link for a new password to an address, if it is that of an account. */
export async function forgotPassword(email: string): Promise<void> {
  await send(`${AUTH}/password/forgot`, { method: "POST", body: { email } });
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
