import { describe, expect, it } from "vitest";

import { readMessages, type SseMessage } from "@/api/sse";

function stream(...chunks: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) {
        controller.enqueue(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
      }
      controller.close();
    },
  });
}

async function read(...chunks: (string | Uint8Array)[]): Promise<SseMessage[]> {
  const messages: SseMessage[] = [];
  for await (const message of readMessages(stream(...chunks))) messages.push(message);
  return messages;
}

describe("server-sent events", () => {
  it("are found across chunks, comments and line ends", async () => {
    expect(await read(": hello\n\nevent: a\nda", "ta: 1\n", "\ndata: x\r", "\ndata:y\r\n\r\n")).toEqual([
      { event: "a", data: "1" },
      { event: "message", data: "x\ny" },
    ]);
  });

  it("may be cut inside a character", async () => {
    const bytes = new TextEncoder().encode("data: Нью\n\n");
    expect(await read(bytes.slice(0, 7), bytes.slice(7))).toEqual([{ event: "message", data: "Нью" }]);
  });

  it("are dropped when they end in the middle", async () => {
    expect(await read("data: 1\n\ndata: half")).toEqual([{ event: "message", data: "1" }]);
  });

  it("count every chunk as a sign of life", async () => {
    let chunks = 0;
    for await (const _ of readMessages(stream(": beat\n\n", ": beat\n\n"), () => (chunks += 1)));
    expect(chunks).toBe(2);
  });
});
