import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Answer } from "@/areas/uploads/sending/conflicts";
import { useUploader } from "@/areas/uploads/sending/uploader";
import { useUploads } from "@/areas/uploads/store";

import { type Asked, json, refuse } from "@tests/network";
import { file, ticket } from "@tests/sample";

import { complete, START, uploadWorld } from "./world";

describe("uploads whose names are taken", () => {
  const world = uploadWorld();
  let taken: Set<string>;
  let count: number;

  beforeEach(() => {
    [taken, count] = [new Set(["a.txt"]), 0];
    world.network.on(START, take);
  });

  /** Reserves names as the service does. */
  function take({ body }: Asked): Response {
    const { name, on_conflict: wish } = body as { name: string; on_conflict: string };
    if (taken.has(name) && wish === "fail") return refuse(409, "FILE_EXISTS");
    const given = taken.has(name) && wish === "rename" ? `${name} (2)` : name;
    taken.add(given);
    const id = `u${(count += 1)}`;
    world.network.on(complete(id), json(file(`file-${id}`, { name: given })));
    const reserved = file(`file-${id}`, { name: given, state: "pending" }, []);
    return json(ticket(id, { url: `${world.address}/${id}`, headers: {}, file: reserved }), {}, 201);
  }

  const text = (name: string) => new File(["hello"], name);
  const asked = () => world.state().filter((state) => state === "asking").length;
  const wishes = () => world.wishes().map(({ name, on_conflict: wish }) => [name, wish]);

  async function answer(choice: Answer, ...names: string[]) {
    await world.add(names.map(text));
    await vi.waitFor(() => expect(useUploads().asking).not.toBeNull());
    const upload = useUploads().asking;
    if (upload !== null) useUploader().answer(upload.batch, choice);
  }

  it("replace nothing before a yes", async () => {
    await answer("version", "a.txt");
    await vi.waitFor(() => expect(world.state()).toEqual(["done"]));
    expect(wishes()).toEqual([
      ["a.txt", "fail"],
      ["a.txt", "version"],
    ]);
  });

  it("are kept beside, under the name the service finds", async () => {
    await answer("rename", "a.txt");
    await vi.waitFor(() => expect(world.state()).toEqual(["done"]));
    expect(world.first().name).toBe("a.txt (2)");
  });

  it("are left out", async () => {
    await answer("skip", "a.txt");
    expect([world.state(), taken.size]).toEqual([[], 1]);
  });

  it("are asked about once in a batch, however late they turn out to be taken", async () => {
    taken = new Set(["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    await answer("version", "1", "2", "3", "4", "5", "6", "7", "8", "9", "new");
    await vi.waitFor(() => expect(world.state()).toEqual(Array<string>(10).fill("done")));
    expect(asked()).toBe(0);
  });

  it("are asked about again in the next batch", async () => {
    await answer("version", "a.txt");
    await vi.waitFor(() => expect(world.state()).toEqual(["done"]));
    await world.add([text("a.txt")]);
    await vi.waitFor(() => expect(asked()).toBe(1));
  });

  it("by another file of the same drop are asked about too", async () => {
    await answer("rename", "b.txt", "b.txt");
    await vi.waitFor(() => expect(world.state()).toEqual(["done", "done"]));
    expect([...taken].sort()).toEqual(["a.txt", "b.txt", "b.txt (2)"]);
  });
});
