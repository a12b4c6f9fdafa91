/** What guards an account: its sessions, passwords, codes, passkeys and API tokens. */

import { AUTH, authorised, readJson, send } from "./http";
import { ask } from "./passkeys";
import type {
  ApiToken,
  LinkedAccount,
  LoginEntry,
  MadeToken,
  Page,
  Passkey,
  Profile,
  ProfileChange,
  Proof,
  Session,
  TokenWish,
  Totp,
  TotpSecret,
} from "./types";

const ME = `${AUTH}/me`;
const MOST = 200;

export function changeProfile(change: ProfileChange): Promise<Profile> {
  return readJson(authorised(ME, { method: "PATCH", body: change }));
}

/** `current` is null for who has no password yet. */
export async function changePassword(current: string | null, next: string, endTokens: boolean): Promise<void> {
  const body = { ...(current !== null && { current_password: current }), new_password: next, end_tokens: endTokens };
  await authorised(`${ME}/password`, { method: "POST", body });
}

export async function prove(proof: Proof): Promise<void> {
  await authorised(`${ME}/proof`, { method: "POST", body: proof });
}

export function listSessions(cursor: string | null): Promise<Page<Session>> {
  return readJson(authorised(`${AUTH}/sessions`, { query: { limit: MOST, cursor } }));
}

export async function endSession(id: string): Promise<void> {
  await authorised(`${AUTH}/sessions/${id}`, { method: "DELETE" });
}

export function listLogins(cursor: string | null): Promise<Page<LoginEntry>> {
  return readJson(authorised(`${AUTH}/logins`, { query: { limit: 20, cursor } }));
}

export function getTotp(): Promise<Totp> {
  return readJson(authorised(`${ME}/totp`));
}

export function beginTotp(password: string): Promise<TotpSecret> {
  return readJson(authorised(`${ME}/totp`, { method: "POST", body: { password } }));
}

export async function confirmTotp(code: string): Promise<string[]> {
  return codesOf(authorised(`${ME}/totp/confirm`, { method: "POST", body: { code } }));
}

export async function renewRecoveryCodes(password: string): Promise<string[]> {
  return codesOf(authorised(`${ME}/totp/recovery-codes`, { method: "POST", body: { password } }));
}

export async function removeTotp(password: string): Promise<void> {
  await authorised(`${ME}/totp`, { method: "DELETE", body: { password } });
}

export function listPasskeys(cursor: string | null): Promise<Page<Passkey>> {
  return readJson(authorised(`${ME}/passkeys`, { query: { limit: MOST, cursor } }));
}

/** Has the browser make a passkey for this site, and adds it. */
export async function addPasskey(name: string): Promise<Passkey> {
  const options = await readJson<PublicKeyCredentialCreationOptionsJSON>(
    authorised(`${ME}/passkeys/options`, { method: "POST" }),
  );
  const credential = await ask((signal) =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options), signal }),
  );
  return readJson(authorised(`${ME}/passkeys`, { method: "POST", body: { name, credential } }));
}

export function renamePasskey(id: string, name: string): Promise<Passkey> {
  return readJson(authorised(`${ME}/passkeys/${id}`, { method: "PATCH", body: { name } }));
}

export async function removePasskey(id: string): Promise<void> {
  await authorised(`${ME}/passkeys/${id}`, { method: "DELETE" });
}

export function listTokens(cursor: string | null): Promise<Page<ApiToken>> {
  return readJson(authorised(`${ME}/tokens`, { query: { limit: MOST, cursor } }));
}

export function makeToken(wish: TokenWish): Promise<MadeToken> {
  return readJson(authorised(`${ME}/tokens`, { method: "POST", body: wish }));
}

export async function revokeToken(id: string): Promise<void> {
  await authorised(`${ME}/tokens/${id}`, { method: "DELETE" });
}

/** Has the letter sent once more by which the e-mail address is confirmed. */
export async function sendConfirmation(): Promise<void> {
  await authorised(`${ME}/email/confirmation`, { method: "POST" });
}

/** Confirms an e-mail address by the token of a letter. */
export async function confirmEmail(token: string): Promise<void> {
  await send(`${AUTH}/email/confirm`, { method: "POST", body: { token } });
}

export function listLinked(cursor: string | null): Promise<Page<LinkedAccount>> {
  return readJson(authorised(`${ME}/identities`, { query: { limit: MOST, cursor } }));
}

/** Where the browser goes to link an account of another site; it comes back to `return_to`. */
export async function beginLink(provider: string, return_to: string): Promise<string> {
  const answer = authorised(`${ME}/identities`, { method: "POST", body: { provider, return_to } });
  return (await readJson<{ url: string }>(answer)).url;
}

export async function unlink(id: string): Promise<void> {
  await authorised(`${ME}/identities/${id}`, { method: "DELETE" });
}

async function codesOf(answer: Promise<Response>): Promise<string[]> {
  return (await readJson<{ recovery_codes: string[] }>(answer)).recovery_codes;
}
