import "fake-indexeddb/auto";

import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { useFiles } from "@/areas/files/store";
import type { Kept } from "@/areas/uploads/sending/kept";
import { useUploader } from "@/areas/uploads/sending/uploader";
import { useUploads } from "@/areas/uploads/store";
import { recall } from "@/kit/remember";

import { type Asked, json, refuse } from "@tests/network";
import { file } from "@tests/sample";

import { abort, look, show, sign, START, uploadWorld } from "./world";

const PART = 4;
const TEXT = "0123456789";
const THEN = { lastModified: 1_700_000_000_000 };

/** Of the uploads that are written down, in no order. */
function ticketsKept(): Promise<(string | null)[]> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("meridian");
    asked.onerror = () => reject(asked.error ?? new Error("no database"));
    asked.onsuccess = () => {
      const all = asked.result.transaction("uploads").objectStore("uploads").getAll() as IDBRequest<Kept[]>;
      all.onsuccess = () => {
        asked.result.close();
        resolve(all.result.map(({ upload }) => upload.ticket));
      };
    };
  });
}

describe("uploads that leaving the page has cut off", () => {
  const world = uploadWorld();
  const { bucket } = world;
  const large = (text = TEXT, options = THEN) => new File([text], "large.bin", options);

  beforeEach(() => {
    world.login();
    world.gone("u1");
    world.network.on(START, world.inParts("u1", TEXT.length, PART));
    world.network.on(look("u1"), world.found("u1", TEXT.length, PART, { 1: 4 }));
    world.network.on(sign("u1"), ({ body }: Asked) =>
      json({ parts: world.parts("u1", (body as { numbers: number[] }).numbers, "again") }),
    );
    world.stored("u1");
    bucket.isSilent = true;
  });
  afterEach(async () => {
    for (const upload of [...useUploads().items]) useUploader().cancel(upload);
    await vi.waitFor(() => expect(recall("uploads")).toBeNull());
  });

  /** What is left when the page is gone: nothing but what it has written down. */
  async function leave(owner?: string) {
    await vi.waitFor(() => expect(bucket.mostAtOnce).toBeGreaterThan(0));
    await vi.waitFor(async () => expect(await ticketsKept()).toEqual(useUploads().items.map(({ ticket }) => ticket)));
    useUploader().reset();
    bucket.isSilent = false;
    setActivePinia(createPinia());
    world.login(owner);
    await useUploads().remember();
  }

  it("are shown as paused, with how far they are, and go on with the same file", async () => {
    await world.add([large()]);
    await leave();
    await vi.waitFor(() => expect(world.first()).toMatchObject({ state: "missing", fileName: "large.bin", sent: 4 }));
    await useUploader().takeAgain(world.first(), large());
    await vi.waitFor(() => expect(world.state()).toEqual(["done"]));
    expect(bucket.puts.map(({ body }) => body.toString()).sort()).toEqual(["4567", "89"]);
    expect(world.network.to(START)).toHaveLength(1);
    await vi.waitFor(() => expect(recall("uploads")).toBeNull());
  });

  it("do not go on with another file: not of another size, time or content", async () => {
    await world.add([large()]);
    await leave();
    await vi.waitFor(() => expect(world.state()).toEqual(["missing"]));
    for (const other of [large("0123456780"), large("01234567890"), large(TEXT, { lastModified: 1 })]) {
      await useUploader().takeAgain(world.first(), other);
      expect(world.first()).toMatchObject({ state: "missing", problem: { code: "OTHER_FILE" } });
    }
    expect(bucket.puts).toEqual([]);
  });

  it("go on when the same file is just dropped again", async () => {
    await world.add([large()]);
    await leave();
    await vi.waitFor(() => expect(world.state()).toEqual(["missing"]));
    await world.add([large()]);
    await vi.waitFor(() => expect(world.state()).toEqual(["done"]));
    expect(world.network.to(START)).toHaveLength(1);
  });

  it("go on by themselves where the file can be read again, and after a yes where that is asked for", async () => {
    const handle = { getFile: () => Promise.resolve(large()), mayRead: "prompt" };
    const query = () => Promise.resolve(handle.mayRead);
    Object.assign(handle, { queryPermission: query, requestPermission: () => Promise.resolve("granted") });
    vi.stubGlobal("structuredClone", (value: unknown) => value);
    await world.add([{ file: large(), path: "", handle: handle as unknown as FileSystemFileHandle }]);
    await leave();
    await vi.waitFor(() => expect(world.first()).toMatchObject({ state: "missing", sent: 4 }));
    expect(await useUploader().reopen(world.first())).toBe(true);
    await vi.waitFor(() => expect(world.state()).toEqual(["done"]));
  });

  it("are nobody else's", async () => {
    await world.add([large()]);
    await leave("somebody-else");
    expect(world.state()).toEqual([]);
    world.login();
    await useUploader().recallKept();
    expect(world.state()).toEqual(["missing"]);
  });

  it("leave no reserved place behind where nothing of them has arrived", async () => {
    world.network.on(START, world.given("u1")).on(look("u1"), world.found("u1", TEXT.length, null, {}));
    await world.add([large()]);
    await leave();
    await vi.waitFor(() => expect(world.network.to(abort("u1"))).toHaveLength(1));
    expect(world.first()).toMatchObject({ state: "missing", ticket: null });
  });

  it.each<{ what: string; part: number | null; sizes: Record<number, number>; state: string }>([
    { what: "in one piece, stored", part: null, sizes: {}, state: "stored" },
    { what: "in one piece, being checked", part: null, sizes: { 1: 10 }, state: "pending" },
    { what: "in parts, stored", part: PART, sizes: {}, state: "stored" },
    { what: "in parts, all there", part: PART, sizes: { 1: 4, 2: 4, 3: 2 }, state: "pending" },
  ])("are finished when all of them had arrived: $what", async ({ part, sizes, state }) => {
    if (part === null) world.network.on(START, world.given("u1"));
    world.network.on(look("u1"), world.found("u1", TEXT.length, part, sizes, state));
    await world.add([large()]);
    await leave();
    await vi.waitFor(() => expect(world.first()).toMatchObject({ state: "done", sent: TEXT.length }));
    expect([...useFiles().byId.keys()]).toEqual(["file-u1"]);
    expect([world.network.to(abort("u1")).length, bucket.puts.length]).toEqual([0, 0]);
    await vi.waitFor(() => expect(recall("uploads")).toBeNull());
  });

  it("are finished also when they arrive just before they are given back", async () => {
    world.network.on(START, world.given("u1")).on(look("u1"), world.found("u1", TEXT.length, null, {}));
    world.network.on(abort("u1"), refuse(409, "UPLOAD_FINISHED")).on(show("file-u1"), json(file("file-u1")));
    await world.add([large()]);
    await leave();
    await vi.waitFor(() => expect(world.state()).toEqual(["done"]));
    expect([...useFiles().byId.keys()]).toEqual(["file-u1"]);
  });

  it("keep what they were where nobody can say how far they are", async () => {
    world.network.on(START, world.given("u1")).on(look("u1"), refuse(503, "STORE_UNAVAILABLE"));
    await world.add([large()]);
    await leave();
    await vi.waitFor(() => expect(world.network.to(look("u1"))).toHaveLength(1));
    expect(world.first()).toMatchObject({ state: "missing", ticket: "u1" });
    expect(world.network.to(abort("u1"))).toHaveLength(0);
  });

  it("are shown also when they had not begun", async () => {
    world.network.on(START, () => new Promise(() => undefined));
    bucket.mostAtOnce = 1;
    await world.add(
      Array.from({ length: 9 }, (_, index) => new File(["x"], `${index}`, THEN)),
      "folder-1",
    );
    await leave();
    await vi.waitFor(() => expect(world.state()).toEqual(Array<string>(9).fill("missing")));
    expect(world.first().folderId).toBe("folder-1");
  });

  it("go on at once after logging in again on the same page", async () => {
    await world.add([large()]);
    await vi.waitFor(() => expect(bucket.mostAtOnce).toBeGreaterThan(0));
    await vi.waitFor(async () => expect(await ticketsKept()).toEqual(useUploads().items.map(({ ticket }) => ticket)));
    useUploader().reset();
    bucket.isSilent = false;
    await useUploads().remember();
    await vi.waitFor(() => expect(world.state()).toEqual(["done"]));
    expect(world.network.to(START)).toHaveLength(1);
  });

  it("are forgotten when they are given up", async () => {
    await world.add([large()]);
    await vi.waitFor(() => expect(recall("uploads")).toBe("1"));
    useUploader().cancel(world.first());
    await vi.waitFor(() => expect(recall("uploads")).toBeNull());
    await useUploader().recallKept();
    expect(world.state()).toEqual([]);
  });
});

describe("uploads that can never arrive", () => {
  const world = uploadWorld();

  it("are not remembered beyond the page", async () => {
    world.login();
    world.network.on(START, refuse(413, "FILE_TOO_LARGE"));
    await world.add([new File(["hello"], "bad.txt")]);
    await vi.waitFor(() => expect(world.state()).toEqual(["failed"]));
    await vi.waitFor(() => expect(recall("uploads")).toBeNull());
  });
});
