import { AUTH, readJson, send } from "./http";
import { Problem } from "./problem";
import type { Login } from "./types";

/** Browsers keep passkeys for secure pages only, and never for an address without a name. */
export function canUsePasskeys(): boolean {
  return "PublicKeyCredential" in globalThis && !/^[\d.]+$|:/.test(location.hostname);
}

/** A passkey of this site, chosen by its owner, who shows the browser who it is. */
export async function showPasskey(): Promise<PublicKeyCredentialJSON> {
  const options = await readJson<PublicKeyCredentialRequestOptionsJSON>(
    send(`${AUTH}/passkeys/options`, { method: "POST" }),
  );
  return ask((signal) =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options), signal }),
  );
}

export function logInByPasskey(credential: PublicKeyCredentialJSON): Promise<Login> {
  return readJson(send(`${AUTH}/passkeys/login`, { method: "POST", body: { credential } }));
}

/** What the browser and its owner make of a question; it waits as long as the owner needs. */
export async function ask(
  question: (signal: AbortSignal) => Promise<Credential | null>,
): Promise<PublicKeyCredentialJSON> {
  try {
    const credential = await question(new AbortController().signal);
    if (credential instanceof PublicKeyCredential) return credential.toJSON() as PublicKeyCredentialJSON;
  } catch (reason) {
    const isKnown = reason instanceof DOMException && reason.name === "InvalidStateError";
    throw new Problem(isKnown ? "PASSKEY_EXISTS" : "PASSKEY_NOT_SHOWN", 400);
  }
  throw new Problem("PASSKEY_NOT_SHOWN", 400);
}
