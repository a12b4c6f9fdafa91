import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import { useFileNews } from "@/areas/files/news";
import { useFiles } from "@/areas/files/store";

import { json, Network, refuse } from "@tests/network";
import { file } from "@tests/sample";

import { know } from "./list";

const show = (id: string) => `GET /storage/api/v1/files/${id}`;

describe("the files that the page knows", () => {
  let network: Network;

  beforeEach(() => {
    vi.useFakeTimers();
    setActivePinia(createPinia());
    network = new Network();
    tokens.adopt({ access_token: "t", token_type: "Bearer", expires_in: 600 });
  });

  const ids = () => [...useFiles().byId.keys()];
  const event = (type: string, id: string, server: string | null = null) =>
    useFileNews().hear({ type, file_id: id, server, at: "2026-11-22T12:00:00Z" });

  it("change by what an event says, and are asked for once when all copies are there", async () => {
    know(file("a", {}, ["ready", "copying", "wanted"]));
    network.on(show("a"), json(file("a", { sha256: "ab" })));
    event("replica.ready", "a", "vladivostok");
    expect(useFiles().byId.get("a")?.replicas).toMatchObject({ ready: 2, servers: { vladivostok: "ready" } });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(network.asked).toEqual([]);
    event("replica.ready", "a", "cape-town");
    expect(useFiles().unsettled).toEqual([]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(network.to(show("a"))).toHaveLength(1);
    expect(useFiles().byId.get("a")?.sha256).toBe("ab");
  });

  it("keep the copies that events have told of when an older answer comes", () => {
    know(file("a", { state: "pending", replicas: { ready: 0, wanted: 0, servers: {} } }));
    event("replica.ready", "a", "cape-town");
    useFileNews().showAnswer(file("a", {}, ["ready", "wanted", "wanted"]));
    const servers = { "new-york": "ready", vladivostok: "wanted", "cape-town": "ready" };
    expect(useFiles().byId.get("a")?.replicas).toMatchObject({ ready: 2, servers });
    useFileNews().showAnswer(file("a", { version: 2 }, ["ready"]));
    expect(useFiles().byId.get("a")?.replicas.ready).toBe(1);
  });

  it("are asked for together when many change", async () => {
    const refresh = vi.fn(async () => true);
    useFiles().lists.add({ refresh, take: () => undefined, drop: () => undefined, isWhole: () => true });
    for (const id of ["a", "b", "c", "d", "e"]) event("file.stored", id);
    event("file.stored", "a");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(refresh).toHaveBeenCalledTimes(1);
    expect(network.asked).toEqual([]);
  });

  it("are read in lists not too often, however much goes on, and once more at its end", async () => {
    const refresh = vi.fn(async () => true);
    useFiles().lists.add({ refresh, take: () => undefined, drop: () => undefined, isWhole: () => true });
    for (let moment = 0; moment < 40; moment += 1) {
      for (const id of ["a", "b", "c", "d"]) event("file.stored", id + moment);
      await vi.advanceTimersByTimeAsync(250);
    }
    expect(refresh.mock.calls.length).toBeLessThanOrEqual(2);
    const before = refresh.mock.calls.length;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(refresh).toHaveBeenCalledTimes(before + 1);
    expect(network.asked).toEqual([]);
  });

  it("show at once when few change; the rest of many shows together, as it is by then", async () => {
    const names = Array.from({ length: 30 }, (_, index) => `f${index}`);
    const take = vi.fn();
    useFiles().lists.add({ refresh: async () => true, take, drop: () => undefined, isWhole: () => true });
    for (const id of names) useFileNews().show(file(id, { state: "pending" }, ["wanted", "wanted"]));
    expect(ids()).toEqual(names.slice(0, 6));
    for (const id of names) useFileNews().showAnswer(file(id, {}, ["ready", "wanted"]));
    event("replica.ready", "f29", "vladivostok");
    useFiles().drop("f28");
    await vi.advanceTimersByTimeAsync(500);
    expect(ids().sort()).toEqual(names.filter((id) => id !== "f28").sort());
    expect(useFiles().byId.get("f29")?.replicas.ready).toBe(2);
    expect(new Set([...useFiles().byId.values()].map(({ state }) => state))).toEqual(new Set(["stored"]));
    expect(take.mock.calls.filter(([{ id }]) => id === "f29")).toEqual([[expect.anything(), true]]);
  });

  it("are not shown to whoever comes next", async () => {
    for (const id of "abcdefghij") useFileNews().show(file(id));
    useFiles().reset();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(ids()).toEqual([]);
  });

  it("go when the server no longer has them", async () => {
    know(file("a"), file("b"));
    network.on(show("a"), refuse(404, "FILE_NOT_FOUND"));
    event("file.deleted", "a");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(ids()).toEqual(["b"]);
  });

  it("are looked for in the lists when they may be gone: asking for them would be an error", async () => {
    const refresh = vi.fn(async () => true);
    useFiles().lists.add({ refresh, take: () => undefined, drop: () => undefined, isWhole: () => true });
    know(file("a"));
    event("file.deleted", "a");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(refresh).toHaveBeenCalledTimes(1);
    expect(network.asked).toEqual([]);
  });

  it("stay when it is an old version that was deleted", async () => {
    know(file("a"));
    network.on(show("a"), json(file("a", { version: 2 })));
    event("file.deleted", "a");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(useFiles().byId.get("a")?.version).toBe(2);
  });

  it("are renamed as they were last seen", async () => {
    know(file("a"));
    network.on(show("a"), json(file("a"), { ETag: '"7"' }));
    network.on("PATCH /storage/api/v1/files/a", json(file("a", { name: "b.txt" })));
    await useFiles().rename("a", "b.txt");
    const [asked] = network.to("PATCH /storage/api/v1/files/a");
    expect(asked?.headers.get("If-Match")).toBe('"7"');
    expect(asked?.body).toEqual({ name: "b.txt" });
    expect(useFiles().byId.get("a")?.name).toBe("b.txt");
  });

  it("are deleted, though they may be gone already", async () => {
    know(file("a"), file("b"));
    network.on("DELETE /storage/api/v1/files/a", refuse(404, "FILE_NOT_FOUND"));
    network.on("DELETE /storage/api/v1/files/b", refuse(503, "DATABASE_UNAVAILABLE"));
    await useFiles().remove("a");
    await expect(useFiles().remove("b")).rejects.toMatchObject({ status: 503 });
    expect(ids()).toEqual(["b"]);
  });
});
