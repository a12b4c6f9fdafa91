export const LIVE = "GET /storage/api/v1/live";

/** A live connection as the server keeps it. */
export class Stream {
  private controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  readonly response = () =>
    new Response(new ReadableStream<Uint8Array>({ start: (controller) => void (this.controller = controller) }));

  tell(type: string, fileId?: string, server: string | null = null): void {
    this.send({ type, file_id: fileId, server });
  }

  send(event: { type: string; [field: string]: unknown }): void {
    const data = JSON.stringify({ server: null, at: "2026-11-22T12:00:00Z", ...event });
    this.controller?.enqueue(new TextEncoder().encode(`event: ${event.type}\ndata: ${data}\n\n`));
  }

  end(): void {
    this.controller?.close();
  }
}
