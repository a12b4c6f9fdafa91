import { describe, expect, it, vi } from "vitest";

import { useFiles } from "@/areas/files/store";
import { useCities } from "@/areas/map/cities";
import { MOST_HASHED_BYTES } from "@/areas/uploads/sending/hash";
import { useUploader } from "@/areas/uploads/sending/uploader";
import { useUploads } from "@/areas/uploads/store";

import { json, offline, refuse } from "@tests/network";
import { CITIES, file } from "@tests/sample";

import { abort, complete, look, show, START, uploadWorld } from "./world";

const HELLO_SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

describe("uploads", () => {
  const world = uploadWorld();
  const { bucket, given, state } = world;
  const hello = (name = "a.txt") => new File(["hello"], name);
  const avoided = () => world.wishes().map(({ avoid }) => avoid);

  it("land in a city, are confirmed and listed", async () => {
    world.network.on(START, given("u1"));
    world.stored("u1");
    await world.add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
    expect(bucket.puts[0]?.body.toString()).toBe("hello");
    expect(world.first()).toMatchObject({ server: "new-york", distanceKm: 12.5, sent: 5 });
    expect([...useFiles().byId.values()].map(({ id, state: is }) => [id, is])).toEqual([["file-u1", "stored"]]);
    expect(world.wishes()).toEqual([
      {
        name: "a.txt",
        size: 5,
        content_type: "application/octet-stream",
        on_conflict: "fail",
        sha256: HELLO_SHA256,
      },
    ]);
  });

  it("cost three requests each", async () => {
    world.network.on(START, ...Array.from({ length: 20 }, (_, index) => given(`u${index}`)));
    world.stored(...Array.from({ length: 20 }, (_, index) => `u${index}`));
    await world.add(Array.from({ length: 20 }, (_, index) => hello(`${index}.txt`)));
    await vi.waitFor(() => expect(new Set(state())).toEqual(new Set(["done"])));
    expect([world.calls().length, bucket.puts.length]).toEqual([40, 20]);
  });

  it("go into the folder that is open", async () => {
    world.network.on(START, given("u1"));
    world.stored("u1");
    await world.add([hello()], "folder-1");
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
    expect(world.wishes()[0]).toMatchObject({ folder_id: "folder-1" });
  });

  it("wait their turn: six at a time", async () => {
    world.network.on(START, () => new Promise(() => undefined));
    await world.add(Array.from({ length: 9 }, (_, index) => hello(`${index}`)));
    await vi.waitFor(() => expect(world.network.to(START)).toHaveLength(6));
    expect(state().filter((one) => one === "queued")).toHaveLength(3);
  });

  it("do not hold up others while they are only confirmed, twelve in all", async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `u${index}`);
    world.network.on(START, ...ids.map((id) => given(id)));
    for (const id of ids) world.network.on(complete(id), () => new Promise(() => undefined));
    await world.add(ids.map((id) => hello(id)));
    await vi.waitFor(() => expect(state().filter((one) => one === "finishing")).toHaveLength(12));
    expect(world.network.to(START)).toHaveLength(12);
  });

  it("ask for another city when one does not answer, and give the first place back", async () => {
    bucket.answers.push(0);
    useCities().all = CITIES;
    world.network.on(START, given("u1"), given("u2", CITIES[1])).on(look("u1"), refuse(503, "STORE_UNAVAILABLE"));
    world.gone("u1");
    world.stored("u2");
    await world.add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
    expect(world.first().server).toBe("vladivostok");
    expect(avoided()).toEqual([undefined, ["new-york"]]);
    expect(world.network.to(abort("u1"))).toHaveLength(1);
    expect([...useFiles().byId.values()].map(({ id }) => id)).toEqual(["file-u2"]);
  });

  it("believe the service that a city has what it did not confirm", async () => {
    bucket.answers.push(0);
    world.network.on(START, given("u1")).on(look("u1"), world.found("u1", 5, null, { 1: 5 }));
    world.stored("u1");
    useCities().all = [CITIES[0] as (typeof CITIES)[0]];
    await world.add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
    expect([world.network.to(START).length, bucket.puts.length]).toEqual([1, 0]);
  });

  it("come back to a city that failed when no other is left", async () => {
    bucket.answers.push(503);
    useCities().all = CITIES;
    world.network.on(START, given("u1"), refuse(503, "NO_SERVER"), given("u2"));
    world.network.on(look("u1"), world.found("u1", 5, null, {}));
    world.gone("u1");
    world.stored("u2");
    await world.add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
    expect(avoided()).toEqual([undefined, ["new-york"], undefined]);
  });

  it("ask for a new link, not for another city, when the link has expired", async () => {
    bucket.answers.push(403);
    useCities().all = CITIES;
    world.network.on(START, given("u1"), given("u2")).on(look("u1"), world.found("u1", 5, null, {}));
    world.gone("u1");
    world.stored("u2");
    await world.add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
    expect(avoided()).toEqual([undefined, undefined]);
  });

  it("blame no city when the network is gone", async () => {
    bucket.answers.push(0);
    useCities().all = CITIES;
    world.network.on(START, given("u1")).on(look("u1"), offline, world.found("u1", 5, null, {}));
    world.gone("u1");
    world.network.on(START, given("u1"), given("u2"));
    world.stored("u2");
    await world.add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
    expect(avoided()).toEqual([undefined, undefined]);
  });

  it("send the bytes once, however often the confirmation gets lost", async () => {
    world.network.on(START, given("u1"));
    world.network.on(complete("u1"), offline, refuse(503, "STORE_UNAVAILABLE"), offline, json(file("file-u1")));
    await world.add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
    expect(world.network.to(abort("u1"))).toHaveLength(0);
    expect(bucket.puts).toHaveLength(1);
  });

  it("begin once, however often the answer gets lost", async () => {
    world.network.on(START, offline, offline, given("u1"));
    world.stored("u1");
    await world.add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
    const keys = world.network.to(START).map(({ headers }) => headers.get("Idempotency-Key"));
    expect([keys.length, new Set(keys).size]).toEqual([3, 1]);
  });

  it("start anew, once, when the arrived bytes were refused; then a person may", async () => {
    world.network.on(START, given("u1"), given("u2"), given("u3"));
    for (const id of ["u1", "u2"]) world.network.on(complete(id), refuse(409, "CHECKSUM_MISMATCH"));
    world.gone("u1", "u2");
    world.stored("u3");
    await world.add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["failed"]));
    expect(world.first().problem?.code).toBe("CHECKSUM_MISMATCH");
    useUploader().retry(world.first());
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
    expect(bucket.puts.map(({ path }) => path)).toEqual(["/u1", "/u2", "/u3"]);
  });

  it("start anew when the city was removed that they had gone to", async () => {
    world.network.on(START, given("u1"), given("u2"));
    world.network.on(complete("u1"), refuse(410, "UPLOAD_EXPIRED"));
    world.gone("u1");
    world.stored("u2");
    await world.add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
    expect(bucket.puts.map(({ path }) => path)).toEqual(["/u1", "/u2"]);
  });

  it("announce what a file holds, unless it is too large to be read at once", async () => {
    const large = Object.defineProperty(new File(["hello"], "large.bin"), "size", { value: MOST_HASHED_BYTES + 1 });
    world.network.on(START, refuse(403, "PERMISSION_DENIED"), refuse(403, "PERMISSION_DENIED"));
    await world.add([hello(), large]);
    await vi.waitFor(() => expect(state()).toEqual(["failed", "failed"]));
    const announced = world.wishes().map(({ name, sha256 }) => [name, sha256]);
    expect(Object.fromEntries(announced)).toEqual({ "a.txt": HELLO_SHA256, "large.bin": undefined });
  });

  it("go on by themselves, however long no city takes files", async () => {
    const never = Array.from({ length: 6 }, () => refuse(503, "NO_SERVER", {}, { "Retry-After": "5" }));
    world.network.on(START, ...never, refuse(500, "INTERNAL"), given("u1"));
    world.stored("u1");
    await world.add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["done"]), 5_000);
    expect(world.network.to(START)).toHaveLength(8);
  });

  it("go on at once when the network or a city is back", async () => {
    world.isPatient = false;
    vi.spyOn(Math, "random").mockReturnValue(1);
    world.network.on(START, offline, refuse(503, "NO_SERVER", {}, { "Retry-After": "60" }), given("u1"));
    world.stored("u1");
    await world.add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["waiting"]), { interval: 5 });
    window.dispatchEvent(new Event("online"));
    await vi.waitFor(() => expect(world.first().problem?.code).toBe("NO_SERVER"));
    await vi.waitFor(() => expect(state()).toEqual(["waiting"]));
    await useUploads().resume();
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
    vi.restoreAllMocks();
  });

  it("are not repeated when there is no room", async () => {
    world.network.on(START, refuse(413, "FILE_TOO_LARGE"));
    await world.add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["failed"]));
    expect(world.network.to(START)).toHaveLength(1);
  });

  it("show the version before theirs when they are given up", async () => {
    bucket.isSilent = true;
    const standing = file("file-u1", { version: 2, versions: 1, state: "pending" }, []);
    world.network
      .on(START, given("u1", CITIES[0], { file: standing }))
      .on(abort("u1"), new Response(null, { status: 204 }));
    world.network.on(show("file-u1"), json(file("file-u1")));
    await world.add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["sending"]));
    useUploads().items.forEach(useUploader().cancel);
    await vi.waitFor(() => expect(useFiles().byId.get("file-u1")).toMatchObject({ version: 1, state: "stored" }));
  });

  it("can be cancelled, and leave nothing behind", async () => {
    bucket.isSilent = true;
    world.network.on(START, given("u1"));
    world.gone("u1");
    await world.add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["sending"]));
    useUploads().items.forEach(useUploader().cancel);
    expect(useUploads().items).toEqual([]);
    await vi.waitFor(() => expect(world.network.to(abort("u1"))).toHaveLength(1));
    await vi.waitFor(() => expect([...useFiles().byId.keys()]).toEqual([]));
    expect(world.network.to(show("file-u1"))).toHaveLength(0);
    expect(world.network.to(complete("u1"))).toHaveLength(0);
  });

  it("leave their file where it is when they had arrived before they were cancelled", async () => {
    world.network.on(START, given("u1")).on(complete("u1"), () => new Promise(() => undefined));
    world.network.on(abort("u1"), refuse(409, "UPLOAD_FINISHED")).on(show("file-u1"), json(file("file-u1")));
    await world.add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["finishing"]));
    useUploader().pause(world.first());
    useUploader().cancel(world.first());
    expect(useUploads().items).toEqual([]);
    await vi.waitFor(() => expect(useFiles().byId.get("file-u1")).toMatchObject({ state: "stored" }));
  });

  it("are not sent again when they had arrived after all", async () => {
    bucket.answers.push(403);
    world.network.on(START, given("u1")).on(look("u1"), world.found("u1", 5, null, {}));
    world.network.on(abort("u1"), refuse(409, "UPLOAD_FINISHED")).on(show("file-u1"), json(file("file-u1")));
    world.stored("u1");
    await world.add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
    expect([world.network.to(START).length, bucket.puts.length]).toEqual([1, 1]);
    expect([...useFiles().byId.keys()]).toEqual(["file-u1"]);
  });

  it("that could not be confirmed are done all the same when they had arrived", async () => {
    world.network.on(START, given("u1")).on(complete("u1"), refuse(409, "FOLDER_TRASHED"));
    world.network.on(abort("u1"), refuse(409, "UPLOAD_FINISHED")).on(show("file-u1"), json(file("file-u1")));
    await world.add([hello()]);
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
    expect(world.first().problem).toBeNull();
    await vi.waitFor(() => expect(useFiles().byId.get("file-u1")).toMatchObject({ state: "stored" }));
  });

  it("stay paused when that was asked for while they were given back", async () => {
    bucket.answers.push(403);
    let release = (_answer: Response): void => undefined;
    world.network.on(START, given("u1"), given("u2")).on(look("u1"), world.found("u1", 5, null, {}));
    world.network.on(abort("u1"), () => new Promise((resolve) => (release = resolve)));
    world.stored("u2");
    await world.add([hello()]);
    await vi.waitFor(() => expect(world.network.to(abort("u1"))).toHaveLength(1));
    useUploader().pause(world.first());
    release(new Response(null, { status: 204 }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(state()).toEqual(["paused"]);
    useUploader().retry(world.first());
    await vi.waitFor(() => expect(state()).toEqual(["done"]));
    expect(world.network.to(START)).toHaveLength(2);
  });
});
