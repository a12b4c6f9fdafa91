import { describe, expect, it, vi } from "vitest";

import { firstAlive } from "@/api/download";
import type { City } from "@/api/types";

import { Network, offline } from "@tests/network";
import { CITIES } from "@tests/sample";

const [newYork, vladivostok] = CITIES as [City, City];
const offer = {
  url: "http://ny.test/f",
  server: newYork,
  distance_km: 1,
  expires_at: "2026-11-20T11:00:00Z",
  alternates: [{ server: vladivostok, url: "http://vl.test/f" }],
  version: 1,
  size: 1,
  sha256: null,
};

describe("the first city alive", () => {
  it("is the nearest when it answers, asked for one byte only", async () => {
    const network = new Network().on("GET http://ny.test/f", new Response("x", { status: 206 }));
    expect(await firstAlive(offer)).toEqual({ server: newYork, url: offer.url });
    expect(network.asked.map((asked) => asked.headers.get("Range"))).toEqual(["bytes=0-0"]);
    expect(network.asked[0]?.headers.has("Authorization")).toBe(false);
  });

  it.each([
    ["refuses", new Response("", { status: 403 })],
    ["is broken", new Response("", { status: 500 })],
    ["is gone", offline],
  ])("is the next one when the nearest %s", async (_, answer) => {
    new Network().on("GET http://ny.test/f", answer).on("GET http://vl.test/f", new Response("x"));
    expect((await firstAlive(offer))?.server).toBe(vladivostok);
  });

  it("is the next one when the nearest stays silent for three seconds", async () => {
    vi.useFakeTimers();
    const silent = () => new Promise<Response>(() => undefined);
    new Network().on("GET http://ny.test/f", silent).on("GET http://vl.test/f", new Response("x"));
    const source = firstAlive(offer);
    await vi.advanceTimersByTimeAsync(3_000);
    expect((await source)?.server).toBe(vladivostok);
  });

  it("may hold an empty file, which has no first byte", async () => {
    new Network().on("GET http://ny.test/f", new Response("", { status: 416 }));
    expect((await firstAlive(offer))?.server).toBe(newYork);
  });

  it("may be none", async () => {
    new Network().on("GET http://ny.test/f", offline).on("GET http://vl.test/f", offline);
    expect(await firstAlive(offer)).toBeNull();
  });
});
