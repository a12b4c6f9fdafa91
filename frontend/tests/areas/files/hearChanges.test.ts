import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import type { LiveEvent } from "@/api/types";
import { useFolders } from "@/areas/files/folders";
import { hear, hearChange } from "@/areas/files/hearChanges";
import { useFiles } from "@/areas/files/store";

import { json, Network, refuse } from "@tests/network";
import { folder } from "@tests/sample";

const show = (id: string) => `GET /storage/api/v1/folders/${id}`;

describe("a change of folders that was made elsewhere", () => {
  let network: Network;

  beforeEach(() => {
    vi.useFakeTimers();
    setActivePinia(createPinia());
    network = new Network();
    tokens.adopt({ access_token: "t", token_type: "Bearer", expires_in: 600 });
    useFolders().byId.set("a", folder("a", { name: "a", path: "/a" }));
    useFolders().byId.set("b", folder("b", { name: "b", parent_id: "a", path: "/a/b" }));
  });

  it("is looked at once, however much is told of it", async () => {
    const refresh = vi.fn(async () => true);
    useFiles().lists.add({ refresh, take: () => undefined, drop: () => undefined, isWhole: () => true });
    for (let times = 0; times < 9; times += 1) hearChange({ folder_id: null });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(refresh).toHaveBeenCalledTimes(1);
    expect(network.asked).toEqual([]);
  });

  it("is looked at again when a list was just being read", async () => {
    const refresh = vi.fn(async () => true).mockResolvedValueOnce(false);
    useFiles().lists.add({ refresh, take: () => undefined, drop: () => undefined, isWhole: () => true });
    hearChange({ folder_id: null });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(refresh).toHaveBeenCalledTimes(2);
  });

  it("is looked at when it is heard while lists are read because of another", async () => {
    const slowly = () => new Promise<boolean>((done) => setTimeout(() => done(true), 2_000));
    const refresh = vi.fn(async () => true).mockImplementationOnce(slowly);
    useFiles().lists.add({ refresh, take: () => undefined, drop: () => undefined, isWhole: () => true });
    hearChange({ folder_id: null });
    await vi.advanceTimersByTimeAsync(1_500);
    expect(refresh).toHaveBeenCalledTimes(1);
    hearChange({ folder_id: null });
    await vi.advanceTimersByTimeAsync(4_000);
    expect(refresh).toHaveBeenCalledTimes(2);
  });

  it("is looked for when nobody listened for a while, and other news is not one", async () => {
    const refresh = vi.fn(() => Promise.resolve());
    useFolders().lists.add({ refresh, take: () => undefined, drop: () => undefined });
    hear({ type: "server.changed" } as LiveEvent);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(refresh).not.toHaveBeenCalled();
    hear();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it("renames the folder and carries all that is known below it", async () => {
    network.on(show("a"), json(folder("a", { name: "new", path: "/new" })));
    hearChange({ folder_id: "a" });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(
      useFolders()
        .lineOf("b")
        .map(({ path }) => path),
    ).toEqual(["/new", "/new/b"]);
  });

  it("forgets a folder that is gone", async () => {
    network.on(show("b"), refuse(404, "FOLDER_NOT_FOUND"));
    hearChange({ folder_id: "b" });
    await vi.advanceTimersByTimeAsync(2_000);
    expect([...useFolders().byId.keys()]).toEqual(["a"]);
  });
});
