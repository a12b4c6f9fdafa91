import { readJson, send, STORAGE } from "./http";
import type { PublicRequest, SendingProgress, SendingTicket, SentFile, SignedPart } from "./types";

export interface SendingWish {
  name: string;
  size: number;
  content_type: string;
  sha256?: string;
  sender?: string;
  parts?: boolean;
  avoid?: string[];
}

/** A file request as whoever has its address uses it; `pass` where it needs a password. */
export class FileRequestDoor {
  pass: string | null = null;
  private readonly path: string;

  constructor(token: string) {
    this.path = `${STORAGE}/d/${encodeURIComponent(token)}`;
  }

  look(): Promise<PublicRequest> {
    return readJson(send(this.path));
  }

  async open(password: string): Promise<void> {
    const answer = send(`${this.path}/open`, { method: "POST", body: { password } });
    this.pass = (await readJson<{ pass: string }>(answer)).pass;
  }

  start(wish: SendingWish, signal: AbortSignal): Promise<SendingTicket> {
    return this.ask("POST", "", wish, signal);
  }

  /** What has arrived, as the S3 server itself says. */
  find(id: string, signal: AbortSignal): Promise<SendingProgress> {
    return this.ask("GET", `/${id}`, undefined, signal);
  }

  async signParts(id: string, numbers: number[], signal: AbortSignal): Promise<SignedPart[]> {
    return (await this.ask<{ parts: SignedPart[] }>("POST", `/${id}/parts`, { numbers }, signal)).parts;
  }

  complete(id: string, signal: AbortSignal): Promise<SentFile> {
    return this.ask("POST", `/${id}/complete`, {}, signal);
  }

  async abort(id: string): Promise<void> {
    await send(`${this.path}/uploads/${id}`, { method: "DELETE", headers: this.headers() });
  }

  private ask<Answer>(method: string, end: string, body: unknown, signal: AbortSignal): Promise<Answer> {
    const call = { method, signal, headers: this.headers(), ...(body !== undefined && { body }) };
    return readJson(send(`${this.path}/uploads${end}`, call));
  }

  private headers(): Record<string, string> {
    return this.pass === null ? {} : { "X-Link-Pass": this.pass };
  }
}
