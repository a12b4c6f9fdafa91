import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import { useFiles } from "@/areas/files/store";

import { json, Network, refuse } from "@tests/network";
import { file } from "@tests/sample";

const LIST = "GET /storage/api/v1/files";
const at = (minute: number) => ({ created_at: `2026-11-20T10:${String(minute).padStart(2, "0")}:00Z` });

describe("the list of files", () => {
  let network: Network;

  beforeEach(() => {
    setActivePinia(createPinia());
    network = new Network();
    tokens.adopt({ access_token: "t", token_type: "Bearer", expires_in: 600 });
  });

  const ids = () => useFiles().items.map(({ id }) => id);

  it("is paged by cursor", async () => {
    const files = useFiles();
    network.on(LIST, json({ items: [file("a")], next: "c1" }), json({ items: [file("a"), file("b")], next: null }));
    await files.load();
    expect([ids(), files.next]).toEqual([["a"], "c1"]);
    await files.more();
    expect([ids(), files.next]).toEqual([["a", "b"], null]);
    expect(network.to(LIST).map(({ query }) => Object.fromEntries(query))).toEqual([
      { sort: "created_at", order: "desc", limit: "50" },
      { sort: "created_at", order: "desc", limit: "50", cursor: "c1" },
    ]);
  });

  it("shows only the answer to the latest search", async () => {
    const files = useFiles();
    const answers: ((response: Response) => void)[] = [];
    const later = () => new Promise<Response>((resolve) => answers.push(resolve));
    network.on(LIST, later);
    const searches = [files.searchFor("o")];
    await vi.waitFor(() => expect(network.to(LIST)).toHaveLength(1));
    searches.push(files.searchFor("ol"));
    answers[0]?.(json({ items: [file("old")], next: null }));
    await searches[0];
    expect([files.loading, files.problem, ids()]).toEqual(["all", null, []]);
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.(json({ items: [file("new")], next: null }));
    await searches[1];
    expect([files.loading, files.problem, ids()]).toEqual(["no", null, ["new"]]);
    expect(network.to(LIST).map(({ query }) => query.get("q"))).toEqual(["o", "ol"]);
  });

  it("keeps what it shows when it cannot be read, and says why", async () => {
    const files = useFiles();
    network.on(LIST, json({ items: [file("a")], next: null }), refuse(503, "DATABASE_UNAVAILABLE"));
    await files.load();
    await files.load();
    expect(ids()).toEqual(["a"]);
    expect(files.problem?.code).toBe("DATABASE_UNAVAILABLE");
  });

  it("keeps its far end when the near one is read anew", async () => {
    const files = useFiles();
    files.items = Array.from({ length: 201 }, (_, index) => file(`f${index}`, at(59 - Math.floor(index / 10))));
    files.next = "far";
    const page = [file("fresh", at(59)), ...files.items.slice(0, 199)];
    network.on(LIST, json({ items: page, next: "near" }));
    await files.load();
    expect(network.to(LIST)[0]?.query.get("limit")).toBe("200");
    expect(ids()).toEqual(["fresh", ...page.slice(1).map(({ id }) => id), "f200"]);
    expect(files.next).toBe("far");
  });

  it("asks once more for a file about which more was heard meanwhile", async () => {
    const files = useFiles();
    files.items = [file("a", {}, ["ready"])];
    const url = "GET /storage/api/v1/files/a";
    network.on(url, json(file("a", {}, ["ready", "ready"])), json(file("a")));
    await Promise.all([files.refetch("a"), files.refetch("a"), files.refetch("a")]);
    await new Promise((resolve) => setTimeout(resolve));
    expect(network.to(url)).toHaveLength(2);
    expect(files.unsettled).toEqual([]);
  });

  it("drops a file that is gone", async () => {
    const files = useFiles();
    files.items = [file("a"), file("b")];
    network.on("GET /storage/api/v1/files/a", refuse(404, "FILE_NOT_FOUND"));
    await files.refetch("a");
    expect(ids()).toEqual(["b"]);
  });

  it("takes new files in where their age belongs, if they belong at all", () => {
    const files = useFiles();
    files.items = [file("new", at(30)), file("old", at(10))];
    files.put(file("middle", at(20)));
    files.put(file("oldest", at(0)));
    expect(ids()).toEqual(["new", "middle", "old", "oldest"]);
    files.next = "more";
    files.put(file("beyond", { created_at: "2026-11-01T00:00:00Z" }));
    files.search = "NEW";
    files.put(file("other", at(40)));
    files.put(file("newest", at(50)));
    expect(ids()).toEqual(["newest", "new", "middle", "old", "oldest"]);
  });

  it("renames what it has seen", async () => {
    const files = useFiles();
    files.items = [file("a")];
    network.on("GET /storage/api/v1/files/a", json(file("a"), { ETag: '"7"' }));
    network.on("PATCH /storage/api/v1/files/a", json(file("a", { name: "b.txt" })));
    await files.rename("a", "b.txt");
    const [asked] = network.to("PATCH /storage/api/v1/files/a");
    expect(asked?.headers.get("If-Match")).toBe('"7"');
    expect(asked?.body).toEqual({ name: "b.txt" });
    expect(files.items[0]?.name).toBe("b.txt");
  });

  it("deletes what may be gone already", async () => {
    const files = useFiles();
    files.items = [file("a"), file("b")];
    network.on("DELETE /storage/api/v1/files/a", refuse(404, "FILE_NOT_FOUND"));
    network.on("DELETE /storage/api/v1/files/b", refuse(503, "DATABASE_UNAVAILABLE"));
    await files.remove("a");
    await expect(files.remove("b")).rejects.toMatchObject({ status: 503 });
    expect(ids()).toEqual(["b"]);
  });
});
