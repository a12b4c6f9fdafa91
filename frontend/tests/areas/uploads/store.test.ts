import { createPinia, setActivePinia } from "pinia";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import { useFiles } from "@/areas/files/store";
import { type Answer, useUploads } from "@/areas/uploads/store";

import { Bucket } from "@tests/bucket";
import { json, Network, offline, refuse } from "@tests/network";
import { CITIES, file, ticket } from "@tests/sample";

const LIST = "GET /storage/api/v1/files";
const START = "POST /storage/api/v1/uploads";
const complete = (id: string) => `POST /storage/api/v1/uploads/${id}/complete`;
const abort = (id: string) => `DELETE /storage/api/v1/uploads/${id}`;
const show = (id: string) => `GET /storage/api/v1/files/${id}`;

describe("uploads", () => {
  const bucket = new Bucket();
  let address: string;
  let network: Network;
  let isPatient = true;

  beforeAll(async () => {
    address = await bucket.start();
    // Waits between attempts are whole seconds; tests do not wait them out.
    const real = setTimeout;
    vi.stubGlobal("setTimeout", (action: () => void, delay = 0) =>
      real(action, isPatient && delay % 1_000 === 0 ? 1 : delay),
    );
  });
  afterAll(async () => {
    vi.unstubAllGlobals();
    await bucket.stop();
  });
  afterEach(() => {
    useUploads().reset();
    useFiles().reset();
  });
  beforeEach(() => {
    setActivePinia(createPinia());
    isPatient = true;
    network = new Network().on(LIST, json({ items: [], next: null }));
    tokens.adopt({ access_token: "t", token_type: "Bearer", expires_in: 600 });
    bucket.puts.length = 0;
    bucket.answers.length = 0;
    bucket.isSilent = false;
  });

  const given = (id: string, server = CITIES[0]) =>
    json(ticket(id, { url: `${address}/${id}`, headers: {}, ...(server && { server }) }), {}, 201);
  const hello = (name = "a.txt") => new File(["hello"], name);
  const state = () => useUploads().items.map((upload) => upload.state);

  it("land in a city, are confirmed and listed", async () => {
    network
      .on(START, given("u1"))
      .on(complete("u1"), json(file("file-u1")))
      .on(show("file-u1"), json(file("file-u1")));
    useUploads().add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
    expect(bucket.puts[0]?.body.toString()).toBe("hello");
    expect(useUploads().items[0]).toMatchObject({ server: "new-york", distanceKm: 12.5, sent: 5 });
    expect([...useFiles().byId.values()].map(({ id, state }) => [id, state])).toEqual([["file-u1", "stored"]]);
  });

  it("wait their turn: three at a time", async () => {
    network.on(START, () => new Promise(() => undefined));
    useUploads().add(["1", "2", "3", "4", "5"].map(hello));
    await vi.waitFor(() => expect(network.to(START)).toHaveLength(3));
    expect(state().filter((one) => one === "queued")).toHaveLength(2);
  });

  it("ask for another city when one does not answer, and give the first place back", async () => {
    bucket.answers.push(0);
    network.on(START, given("u1"), given("u2", CITIES[1])).on(abort("u1"), new Response(null, { status: 204 }));
    network.on(complete("u2"), json(file("file-u2"))).on(show("file-u2"), json(file("file-u2")));
    network.on(show("file-u1"), refuse(404, "FILE_NOT_FOUND"));
    useUploads().add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
    expect(useUploads().items[0]?.server).toBe("vladivostok");
    expect(network.to(START).map(({ body }) => (body as { avoid?: string[] }).avoid)).toEqual([
      undefined,
      ["new-york"],
    ]);
    expect(network.to(abort("u1"))).toHaveLength(1);
    expect([...useFiles().byId.values()].map(({ id }) => id)).toEqual(["file-u2"]);
  });

  it("come back to a city that failed when no other is left", async () => {
    bucket.answers.push(503);
    network.on(START, given("u1"), refuse(503, "NO_SERVER"), given("u2")).on(abort("u1"), json({}));
    network.on(complete("u2"), json(file("file-u2"))).on(show("file-u2"), json(file("file-u2")));
    useUploads().add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
    expect(network.to(START).map(({ body }) => (body as { avoid?: string[] }).avoid)).toEqual([
      undefined,
      ["new-york"],
      undefined,
    ]);
  });

  it("send the bytes once, however often the confirmation gets lost", async () => {
    network.on(START, given("u1"));
    network.on(complete("u1"), offline, refuse(503, "STORE_UNAVAILABLE"), offline, json(file("file-u1")));
    network.on(show("file-u1"), json(file("file-u1")));
    useUploads().add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
    expect(network.to(abort("u1"))).toHaveLength(0);
    expect(bucket.puts).toHaveLength(1);
  });

  it("start anew when the arrived bytes were refused", async () => {
    network.on(START, given("u1"), given("u2")).on(complete("u1"), refuse(409, "CHECKSUM_MISMATCH"));
    network.on(complete("u2"), json(file("file-u2"))).on(show("file-u2"), json(file("file-u2")));
    const uploads = useUploads();
    uploads.add([hello()]);
    await vi.waitFor(() => expect(uploads.items[0]?.problem?.code).toBe("CHECKSUM_MISMATCH"));
    uploads.items.forEach(uploads.retry);
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
    expect(bucket.puts.map(({ path }) => path)).toEqual(["/u1", "/u2"]);
  });

  it("go on by themselves, however long no city takes files", async () => {
    const never = Array.from({ length: 6 }, () => refuse(503, "NO_SERVER", {}, { "Retry-After": "5" }));
    network.on(START, ...never, refuse(500, "INTERNAL"), given("u1")).on(complete("u1"), json(file("file-u1")));
    network.on(show("file-u1"), json(file("file-u1")));
    useUploads().add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["done"]), 5_000);
    expect(network.to(START)).toHaveLength(8);
  });

  it("go on at once when the network or a city is back", async () => {
    isPatient = false;
    network.on(START, offline, refuse(503, "NO_SERVER"), given("u1")).on(complete("u1"), json(file("file-u1")));
    network.on(show("file-u1"), json(file("file-u1")));
    const uploads = useUploads();
    uploads.add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["waiting"]));
    window.dispatchEvent(new Event("online"));
    await vi.waitFor(() => expect(uploads.items[0]?.problem?.code).toBe("NO_SERVER"));
    await vi.waitFor(() => expect(state()).toEqual(["waiting"]));
    uploads.resume();
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
  });

  describe("whose name is taken", () => {
    const taken = (answer: Answer, ...names: string[]) => {
      network.on(LIST, json({ items: names.map((name) => file(name, { name })), next: null }));
      network.on(START, given("u1"), given("u2")).on(complete("u1"), json(file("file-u1")));
      network.on(complete("u2"), json(file("file-u2")));
      return async (files: File[]) => {
        const uploads = useUploads();
        uploads.add(files);
        await vi.waitFor(() => expect(uploads.asking).not.toBeNull());
        expect(network.to(START).length).toBe(files.length - 1);
        if (uploads.asking !== null) uploads.answer(uploads.asking, answer, false);
      };
    };
    const sent = () => network.to(START).map(({ body }) => (body as { name: string }).name);

    it("replace nothing before a yes", async () => {
      await taken("replace", "a.txt")([hello()]);
      await vi.waitFor(() => expect(state()).toEqual(["done"]));
      expect(sent()).toEqual(["a.txt"]);
    });

    it("may be kept beside it, under the next free name", async () => {
      await taken("keep-both", "a.txt", "a (2).txt")([hello()]);
      await vi.waitFor(() => expect(state()).toEqual(["done"]));
      expect(sent()).toEqual(["a (3).txt"]);
    });

    it("may be left out", async () => {
      await taken("skip", "a.txt")([hello()]);
      expect([state(), sent()]).toEqual([[], []]);
    });

    it("by another file of the same drop are asked about too", async () => {
      await taken("keep-both")([hello(), hello()]);
      await vi.waitFor(() => expect(state()).toEqual(["done", "done"]));
      expect(sent()).toEqual(["a.txt", "a (2).txt"]);
    });
  });

  it("that leaving the page cut off are given back at the next visit, by the tab that left", async () => {
    bucket.isSilent = true;
    network.on(START, given("u1")).on(abort("u1"), new Response(null, { status: 204 }));
    useUploads().add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["sending"]));
    expect(await useUploads().clearLeftovers()).toBe(0);
    window.dispatchEvent(new Event("pagehide"));
    expect(await useUploads().clearLeftovers()).toBe(1);
    expect(network.to(abort("u1"))).toHaveLength(1);
    expect(await useUploads().clearLeftovers()).toBe(0);
    useUploads().reset();
  });

  it("are not repeated when there is no room", async () => {
    network.on(START, refuse(413, "FILE_TOO_LARGE"));
    useUploads().add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["failed"]));
    expect(network.to(START)).toHaveLength(1);
  });

  it("can be cancelled, and leave nothing behind", async () => {
    bucket.isSilent = true;
    network.on(START, given("u1")).on(abort("u1"), new Response(null, { status: 204 }));
    const uploads = useUploads();
    uploads.add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["sending"]));
    uploads.items.forEach(uploads.cancel);
    expect(uploads.items).toEqual([]);
    await vi.waitFor(() => expect(network.to(show("file-u1"))).toHaveLength(1));
    expect(network.to(abort("u1"))).toHaveLength(1);
    expect([...useFiles().byId.keys()]).toEqual([]);
    expect(network.to(complete("u1"))).toHaveLength(0);
  });
});
