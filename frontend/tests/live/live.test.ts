import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import type { LiveEvent } from "@/api/types";
import { useLive } from "@/live/store";

import { Network, refuse } from "@tests/network";

import { LIVE, Stream } from "./stream";

describe("the live connection", () => {
  let network: Network;
  const heard: LiveEvent[] = [];
  let returns = 0;

  beforeEach(() => {
    vi.useFakeTimers();
    setActivePinia(createPinia());
    network = new Network();
    tokens.adopt({ access_token: "t", token_type: "Bearer", expires_in: 6_000 });
    heard.length = 0;
    returns = 0;
    useLive().listen({ onEvent: (event) => heard.push(event), onReturn: () => (returns += 1) });
  });
  afterEach(() => useLive().stop());

  async function start(stream: Stream): Promise<void> {
    network.on(LIVE, stream.response);
    useLive().start();
    await vi.advanceTimersByTimeAsync(0);
  }

  it("tells its listeners what happens, as long as they listen", async () => {
    const stream = new Stream();
    await start(stream);
    expect(useLive().state).toBe("open");
    expect(network.to(LIVE)[0]?.headers.get("Accept")).toBe("text/event-stream");
    const stopped = vi.fn();
    useLive().listen({ onEvent: stopped })();
    stream.tell("replica.ready", "a", "cape-town");
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toMatchObject([{ type: "replica.ready", file_id: "a", server: "cape-town" }]);
    expect(stopped).not.toHaveBeenCalled();
  });

  it("has missed nothing when it opens with the page, but something when it comes back", async () => {
    const stream = new Stream();
    await start(stream);
    expect(returns).toBe(0);
    stream.end();
    await vi.advanceTimersByTimeAsync(1_500);
    expect(network.to(LIVE)).toHaveLength(2);
    expect(returns).toBe(1);
  });

  it("asks again at once when the server ends it, but not again and again", async () => {
    const stream = new Stream();
    await start(stream);
    await vi.advanceTimersByTimeAsync(400);
    network.on(LIVE, () => {
      const brief = new Stream();
      const response = brief.response();
      brief.end();
      return response;
    });
    stream.end();
    await vi.advanceTimersByTimeAsync(200);
    expect(network.to(LIVE)).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(network.to(LIVE).length).toBeLessThan(7);
  });

  it("has missed something when it opens long after the page", async () => {
    network.on(LIVE, refuse(503, "REDIS_UNAVAILABLE"));
    useLive().start();
    await vi.advanceTimersByTimeAsync(8_000);
    network.on(LIVE, new Stream().response);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(returns).toBe(1);
  });

  it("tries ever more seldom while the server is away", async () => {
    network.on(LIVE, refuse(503, "REDIS_UNAVAILABLE"));
    useLive().start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(useLive().state).toBe("down");
    const soon = network.to(LIVE).length;
    expect(soon).toBeGreaterThanOrEqual(4);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(network.to(LIVE).length - soon).toBeLessThan(12);
  });

  it("does not wait when the network is back", async () => {
    network.on(LIVE, refuse(503, "REDIS_UNAVAILABLE"));
    useLive().start();
    await vi.advanceTimersByTimeAsync(0);
    network.on(LIVE, new Stream().response);
    window.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(0);
    expect(useLive().state).toBe("open");
  });

  it("gives itself up when it is silent", async () => {
    await start(new Stream());
    const [asked] = network.to(LIVE);
    await vi.advanceTimersByTimeAsync(39_000);
    expect(asked?.signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked?.signal?.aborted).toBe(true);
  });

  it("rests while the page is hidden", async () => {
    await start(new Stream());
    const visibility = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    expect(useLive().state).toBe("off");
    expect(network.to(LIVE)[0]?.signal?.aborted).toBe(true);
    visibility.mockReturnValue("visible");
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(0);
    expect([useLive().state, returns]).toEqual(["open", 1]);
    visibility.mockRestore();
  });
});
