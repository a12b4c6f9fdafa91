import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import { useCities } from "@/areas/map/cities";
import { useFiles } from "@/areas/files/store";
import { useLive } from "@/areas/files/live";
import { usePlace } from "@/areas/map/place";

import { json, Network, refuse } from "@tests/network";
import { CITIES, file } from "@tests/sample";

const LIVE = "GET /storage/api/v1/live";
const LIST = "GET /storage/api/v1/files";

class Stream {
  private controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  readonly response = () =>
    new Response(new ReadableStream<Uint8Array>({ start: (controller) => void (this.controller = controller) }));

  tell(type: string, fileId?: string, server: string | null = null): void {
    const data = JSON.stringify({ type, file_id: fileId, server, at: "2026-11-22T12:00:00Z" });
    this.controller?.enqueue(new TextEncoder().encode(`event: ${type}\ndata: ${data}\n\n`));
  }

  end(): void {
    this.controller?.close();
  }
}

describe("live updates", () => {
  let network: Network;

  beforeEach(() => {
    vi.useFakeTimers();
    setActivePinia(createPinia());
    network = new Network();
    tokens.adopt({ access_token: "t", token_type: "Bearer", expires_in: 6_000 });
    network.on(LIST, json({ items: [file("a", {}, ["ready"])], next: null }));
  });
  afterEach(() => useLive().stop());

  async function start(stream: Stream): Promise<void> {
    network.on(LIVE, stream.response);
    useLive().start();
    await vi.advanceTimersByTimeAsync(0);
  }

  it("read again what changed", async () => {
    const stream = new Stream();
    await start(stream);
    expect(useLive().state).toBe("open");
    expect(network.to(LIVE)[0]?.headers.get("Accept")).toBe("text/event-stream");
    network.on("GET /storage/api/v1/files/a", json(file("a")));
    stream.tell("replica.ready", "a", "cape-town");
    await vi.advanceTimersByTimeAsync(0);
    expect(useFiles().unsettled).toEqual([]);
    stream.tell("file.deleted", "a");
    network.on("GET /storage/api/v1/servers", json({ items: CITIES, next: null }));
    stream.tell("server.changed", undefined, "cape-town");
    await vi.advanceTimersByTimeAsync(0);
    expect(useFiles().items).toEqual([]);
    expect(useCities().all).toEqual(CITIES);
  });

  it("come back after an end, and catch up with what was missed", async () => {
    const stream = new Stream();
    await start(stream);
    expect(network.to(LIST)).toHaveLength(1);
    stream.end();
    await vi.advanceTimersByTimeAsync(1_500);
    expect(network.to(LIVE)).toHaveLength(2);
    expect(network.to(LIST)).toHaveLength(2);
  });

  it("catch up with the cities and the place too, which may have been missed at the start", async () => {
    const place = { ip: "128.59.1.1", city: "New York", latitude: 40.8, longitude: -74, mode: "fake" };
    network.on("GET /storage/api/v1/servers", json({ items: CITIES, next: null }));
    network.on("GET /storage/api/v1/route", json({ place, items: [] }));
    const stream = new Stream();
    await start(stream);
    expect(useCities().all).toEqual(CITIES);
    expect(usePlace().seen?.city).toBe("New York");
    stream.end();
    await vi.advanceTimersByTimeAsync(1_500);
    expect(network.to("GET /storage/api/v1/servers")).toHaveLength(2);
    expect(network.to("GET /storage/api/v1/route")).toHaveLength(1);
  });

  it("try ever more seldom while the server is away", async () => {
    network.on(LIVE, refuse(503, "REDIS_UNAVAILABLE"));
    useLive().start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(useLive().state).toBe("down");
    const soon = network.to(LIVE).length;
    expect(soon).toBeGreaterThanOrEqual(4);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(network.to(LIVE).length - soon).toBeLessThan(12);
  });

  it("do not wait when the network is back", async () => {
    network.on(LIVE, refuse(503, "REDIS_UNAVAILABLE"));
    useLive().start();
    await vi.advanceTimersByTimeAsync(0);
    network.on(LIVE, new Stream().response);
    window.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(0);
    expect(useLive().state).toBe("open");
  });

  it("give a silent connection up", async () => {
    await start(new Stream());
    const [asked] = network.to(LIVE);
    await vi.advanceTimersByTimeAsync(39_000);
    expect(asked?.signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked?.signal?.aborted).toBe(true);
  });

  it("look at files under way even when no bell rings", async () => {
    await start(new Stream());
    network.on("GET /storage/api/v1/files/a", json(file("a")));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(useFiles().unsettled).toEqual([]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(network.to("GET /storage/api/v1/files/a")).toHaveLength(1);
  });

  it("rest while the page is hidden", async () => {
    await start(new Stream());
    const visibility = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    expect(useLive().state).toBe("off");
    expect(network.to(LIVE)[0]?.signal?.aborted).toBe(true);
    visibility.mockReturnValue("visible");
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(0);
    expect(useLive().state).toBe("open");
    visibility.mockRestore();
  });
});
