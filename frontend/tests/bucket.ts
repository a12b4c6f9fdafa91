import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Put {
  path: string;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

/** A real HTTP server on loopback that takes what is PUT to it, as an S3 server does. */
export class Bucket {
  readonly puts: Put[] = [];
  /** Answers to the next requests; 200 when there are none left. 0 drops the connection. */
  readonly answers: number[] = [];
  /** Answers to the requests for a path, before those of `answers`. */
  readonly answersTo = new Map<string, number[]>();
  /** Takes bytes without ever answering. */
  isSilent = false;
  /** The most requests that were under way at one time. */
  mostAtOnce = 0;
  private atOnce = 0;
  private readonly server: Server;

  constructor() {
    this.server = createServer(async (request, response) => {
      response.setHeader("Access-Control-Allow-Origin", "*");
      response.setHeader("Access-Control-Allow-Headers", "*");
      response.setHeader("Access-Control-Allow-Methods", "*");
      if (request.method === "OPTIONS") return void response.end();
      this.mostAtOnce = Math.max(this.mostAtOnce, (this.atOnce += 1));
      response.on("close", () => (this.atOnce -= 1));
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      if (this.isSilent) return;
      const status = this.answersTo.get(request.url ?? "")?.shift() ?? this.answers.shift() ?? 200;
      if (status === 0) return void request.socket.destroy();
      this.puts.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) });
      response.statusCode = status;
      response.end(status < 300 ? "" : "<Error><Code>AccessDenied</Code></Error>");
    });
  }

  reset(): void {
    this.puts.length = 0;
    this.answers.length = 0;
    this.answersTo.clear();
    this.isSilent = false;
    this.mostAtOnce = 0;
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
