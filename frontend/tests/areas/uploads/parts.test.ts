import { beforeEach, describe, expect, it, vi } from "vitest";

import { useCities } from "@/areas/map/cities";
import { useUploader } from "@/areas/uploads/sending/uploader";

import { type Asked, json, offline, refuse } from "@tests/network";
import { CITIES, file } from "@tests/sample";

import { abort, complete, look, sign, START, uploadWorld } from "./world";

const PART = 4;
const TEXT = "0123456789abcdefghij-klmn";

describe("a large file", () => {
  const world = uploadWorld();
  const { bucket } = world;
  const large = () => new File([TEXT], "large.bin");
  const begun = (id = "u1", server = CITIES[0]) => world.inParts(id, TEXT.length, PART, server);
  const pathOf = (number: number, signature = "first", id = "u1") => `/${id}?n=${number}&s=${signature}`;
  const isDone = () => vi.waitFor(() => expect(world.state()).toEqual(["done"]));
  /** What the bucket has, by the number of the part. */
  function arrived(id = "u1"): string {
    const parts = bucket.puts.filter(({ path }) => path.startsWith(`/${id}?`));
    const byNumber = new Map(parts.map(({ path, body }) => [Number(/n=(\d+)/.exec(path)?.[1]), body.toString()]));
    return [...byNumber]
      .sort(([one], [other]) => one - other)
      .map(([, body]) => body)
      .join("");
  }

  beforeEach(() => {
    useCities().all = CITIES;
    world.stored("u1", "u2");
    world.gone("u1");
    world.network.on(START, begun());
    world.network.on(sign("u1"), ({ body }: Asked) =>
      json({ parts: world.parts("u1", (body as { numbers: number[] }).numbers, "again") }),
    );
  });

  it("goes in parts, several at a time, and is told by the byte", async () => {
    const seen: number[] = [];
    await world.add([large()]);
    const timer = setInterval(() => seen.push(world.first().sent), 1);
    await isDone();
    clearInterval(timer);
    expect(arrived()).toBe(TEXT);
    expect(bucket.puts).toHaveLength(7);
    expect(bucket.mostAtOnce).toBeLessThanOrEqual(6);
    expect(world.first().sent).toBe(TEXT.length);
    expect(seen).toEqual(seen.toSorted((one, other) => one - other));
    expect(world.calls().map(({ method }) => method)).toEqual(["POST", "POST"]);
  });

  it("asks for more links when those that came with it are used up", async () => {
    const long = "x".repeat(250);
    world.network.on(START, world.inParts("u1", long.length, 1));
    await world.add([new File([long], "long")]);
    await isDone();
    const numbers = world.network.to(sign("u1")).map(({ body }) => (body as { numbers: number[] }).numbers);
    expect(numbers.map((some) => some.length)).toEqual([100, 50]);
    expect(arrived()).toBe(long);
  });

  it("has a link signed again that has expired", async () => {
    bucket.answersTo.set(pathOf(2), [403]);
    await world.add([large()]);
    await isDone();
    expect(arrived()).toBe(TEXT);
    expect(bucket.puts.map(({ path }) => path)).toContain(pathOf(2, "again"));
    expect(world.network.to(START)).toHaveLength(1);
  });

  it("tries a part again that got lost, and only that one", async () => {
    bucket.answersTo.set(pathOf(3), [500, 0]);
    await world.add([large()]);
    await isDone();
    expect(arrived()).toBe(TEXT);
    expect(world.calls()).toHaveLength(2);
  });

  it("sends what the city says is missing, though it had confirmed it", async () => {
    world.network.on(complete("u1"), refuse(409, "UPLOAD_INCOMPLETE", { missing: [2] }), json(file("file-u1")));
    const there = { 1: 4, 3: 4, 4: 4, 5: 4, 6: 4, 7: 1 };
    world.network.on(look("u1"), world.found("u1", TEXT.length, PART, there));
    await world.add([large()]);
    await isDone();
    expect(bucket.puts).toHaveLength(8);
    expect(bucket.puts.at(-1)?.path).toBe(pathOf(2, "again"));
  });

  it("waits for the network where it was, and goes on with what is missing", async () => {
    for (const number of [1, 2, 3, 4, 5, 6, 7]) bucket.answersTo.set(pathOf(number), [0, 0, 0, 0]);
    bucket.answersTo.delete(pathOf(1));
    world.network.on(look("u1"), offline, offline, world.found("u1", TEXT.length, PART, { 1: 4 }));
    await world.add([large()]);
    await isDone();
    expect(arrived()).toBe(TEXT);
    expect(bucket.puts.filter(({ path }) => path.includes("n=1&"))).toHaveLength(1);
    expect(world.network.to(abort("u1"))).toHaveLength(0);
  });

  it("begins again in the next city when its own is lost", async () => {
    for (const number of [2, 3, 4, 5, 6, 7]) bucket.answersTo.set(pathOf(number), Array<number>(20).fill(0));
    world.network.on(START, begun(), begun("u2", CITIES[1])).on(look("u1"), refuse(503, "STORE_UNAVAILABLE"));
    await world.add([large()]);
    await isDone();
    expect(arrived("u2")).toBe(TEXT);
    expect(world.first().server).toBe("vladivostok");
    expect(world.wishes()[1]).toMatchObject({ avoid: ["new-york"], on_conflict: "version" });
    expect(world.network.to(abort("u1"))).toHaveLength(1);
  });

  it("is not begun anew while no other city is left", async () => {
    useCities().all = [CITIES[0] as (typeof CITIES)[0]];
    for (const number of [2, 3, 4, 5, 6, 7]) bucket.answersTo.set(pathOf(number), [0, 0, 0, 0]);
    const away = refuse(503, "STORE_UNAVAILABLE", {}, { "Retry-After": "2" });
    world.network.on(look("u1"), away, away, world.found("u1", TEXT.length, PART, { 1: 4 }));
    await world.add([large()]);
    await isDone();
    expect([world.network.to(START).length, arrived()]).toEqual([1, TEXT]);
  });

  it("is paused, and goes on with what is missing", async () => {
    bucket.isSilent = true;
    await world.add([large()]);
    await vi.waitFor(() => expect(bucket.mostAtOnce).toBe(6));
    useUploader().pause(world.first());
    await vi.waitFor(() => expect(world.state()).toEqual(["paused"]));
    bucket.isSilent = false;
    world.network.on(look("u1"), world.found("u1", TEXT.length, PART, { 1: 4, 2: 4 }));
    useUploader().retry(world.first());
    await isDone();
    const numbers = bucket.puts.map(({ path }) => Number(/n=(\d+)/.exec(path)?.[1])).sort();
    expect(numbers).toEqual([3, 4, 5, 6, 7]);
  });

  it("is not mistaken for a lost city when it changed on disk", async () => {
    bucket.answersTo.set(pathOf(2), [0, 0, 0, 0]);
    const changed = large();
    await world.add([changed]);
    const broken = {
      slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException("changed", "NotReadableError")) }),
    };
    vi.spyOn(changed, "slice").mockImplementationOnce(changed.slice.bind(changed));
    Object.assign(changed, { slice: broken.slice });
    await vi.waitFor(() => expect(world.state()).toEqual(["failed"]));
    expect(world.first().problem?.code).toBe("FILE_UNREADABLE");
  });

  it("begins anew when the service knows nothing of it any more", async () => {
    bucket.isSilent = true;
    await world.add([large()]);
    await vi.waitFor(() => expect(bucket.mostAtOnce).toBe(6));
    useUploader().pause(world.first());
    bucket.isSilent = false;
    world.network.on(look("u1"), world.found("u1", TEXT.length, PART, {}, "ended")).on(START, begun("u2"));
    useUploader().retry(world.first());
    await isDone();
    expect(arrived("u2")).toBe(TEXT);
  });
});
