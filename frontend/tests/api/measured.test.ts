import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { firstAlive } from "@/api/download";
import { tokens } from "@/api/http";
import { forgetReports, reportMeasured } from "@/api/measured";
import type { City } from "@/api/types";
import { putBytes } from "@/api/uploads";

import { Bucket } from "@tests/bucket";
import { Network, offline } from "@tests/network";
import { CITIES } from "@tests/sample";

const TOLD = "POST /storage/api/v1/route/measured";
const [newYork, vladivostok] = CITIES as [City, City];

describe("what the page tells of cities", () => {
  const bucket = new Bucket();
  let address: string;
  let network: Network;

  beforeAll(async () => {
    address = await bucket.start();
  });
  afterAll(() => bucket.stop());
  beforeEach(() => {
    forgetReports();
    vi.spyOn(tokens, "fresh").mockResolvedValue("token-1");
    network = new Network().on(TOLD, new Response(null, { status: 204 }));
  });

  const told = () => network.to(TOLD).map(({ body }) => body as Record<string, unknown>);
  const put = (server: string | null, bytes = "hello") =>
    putBytes(
      { url: `${address}/key`, headers: {}, server },
      new Blob([bytes]),
      () => undefined,
      new AbortController().signal,
    );

  it("is how long a city took to answer, and to take the bytes", async () => {
    await put("new-york");
    await vi.waitFor(() => expect(told()).toHaveLength(1));
    const [{ ttfb_ms, ms, ...rest } = { ttfb_ms: 0, ms: 0 }] = told();
    expect(rest).toEqual({ server: "new-york", bytes: 5, ok: true });
    expect(Number(ms)).toBeGreaterThan(0);
    expect(Number(ttfb_ms)).toBeLessThanOrEqual(Number(ms));
  });

  it("is that it failed, when it is gone or broken, but not when it refuses", async () => {
    bucket.answers.push(0, 503, 403);
    await expect(put("new-york")).rejects.toMatchObject({ code: "CITY_UNREACHABLE" });
    await expect(put("vladivostok")).rejects.toMatchObject({ status: 503 });
    await expect(put("cape-town")).rejects.toMatchObject({ status: 403 });
    await vi.waitFor(() =>
      expect(told().map(({ server, ok }) => [server, ok])).toEqual([
        ["new-york", false],
        ["vladivostok", false],
        ["cape-town", true],
      ]),
    );
  });

  it("is nothing where nobody is signed in", async () => {
    await put(null);
    expect(told()).toEqual([]);
  });

  it("is told once in two seconds, and never waited for", async () => {
    network.on(TOLD, () => new Promise(() => undefined));
    for (let count = 0; count < 5; count += 1) await put("new-york");
    expect(told()).toHaveLength(1);
    vi.spyOn(performance, "now").mockReturnValue(performance.now() + 2_100);
    reportMeasured({ server: "new-york", ttfbMs: 9, ms: 5, bytes: 1, ok: true });
    await vi.waitFor(() => expect(told()).toHaveLength(2));
    expect(told()[1]).toMatchObject({ ttfb_ms: 5, ms: 5 });
  });

  it("may be lost without anybody noticing", async () => {
    network.on(TOLD, offline);
    await put("new-york");
  });

  it("is of downloads, too, for each city that was asked", async () => {
    network.on("GET http://ny.test/f", offline).on("GET http://vl.test/f", new Response("x"));
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
    expect((await firstAlive(offer, reportMeasured))?.server).toBe(vladivostok);
    await vi.waitFor(() =>
      expect(told().map(({ server, ok }) => [server, ok])).toEqual([
        ["new-york", false],
        ["vladivostok", true],
      ]),
    );
  });
});
