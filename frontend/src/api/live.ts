import { authorised, STORAGE } from "./http";
import { readMessages } from "./sse";
import type { LiveEvent } from "./types";

/** The server sends a heartbeat every 15 s; silence for longer means the connection is dead. */
const SILENCE_MS = 40_000;

export interface LiveListener {
  onOpen: () => void;
  onEvent: (event: LiveEvent) => void;
}

/** Reads one live connection to its end; EventSource could not send the bearer token. */
export async function readLive(listener: LiveListener, signal: AbortSignal): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  try {
    const response = await authorised(`${STORAGE}/live`, {
      headers: { Accept: "text/event-stream" },
      signal: AbortSignal.any([signal, silence.signal]),
      endless: true,
    });
    if (response.body === null) return;
    listener.onOpen();
    for await (const message of readMessages(response.body, heard)) {
      const event = parseEvent(message.data);
      if (event !== null) listener.onEvent(event);
    }
  } finally {
    clearTimeout(timer);
  }
}

function parseEvent(data: string): LiveEvent | null {
  try {
    return JSON.parse(data) as LiveEvent;
  } catch {
    return null;
  }
}
