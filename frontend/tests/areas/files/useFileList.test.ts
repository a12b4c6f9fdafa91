import { beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import { useFiles } from "@/areas/files/store";

import { json, Network, refuse } from "@tests/network";
import { file } from "@tests/sample";

import { showAnswered, showList } from "./list";

const LIST = "GET /storage/api/v1/files";
const RECENT = { sort: "updated_at", order: "desc" } as const;
const at = (minute: number) => ({ updated_at: `2026-11-20T10:${String(minute).padStart(2, "0")}:00Z` });

describe("a list of files", () => {
  let network: Network;

  beforeEach(() => {
    network = new Network();
    tokens.adopt({ access_token: "t", token_type: "Bearer", expires_in: 600 });
  });

  const ids = ({ list }: ReturnType<typeof showList>) => list.items.map(({ id }) => id);

  it("is paged by cursor", async () => {
    network.on(LIST, json({ items: [file("a")], next: "c1" }), json({ items: [file("a"), file("b")], next: null }));
    const shown = await showAnswered({ ...RECENT });
    expect([ids(shown), shown.list.next]).toEqual([["a"], "c1"]);
    await shown.list.more();
    expect([ids(shown), shown.list.next]).toEqual([["a", "b"], null]);
    expect(network.to(LIST).map(({ query }) => Object.fromEntries(query))).toEqual([
      { folder: "/", sort: "updated_at", order: "desc", limit: "100" },
      { folder: "/", sort: "updated_at", order: "desc", limit: "200", cursor: "c1" },
    ]);
  });

  it("shows only the answer to the latest question", async () => {
    const answers: ((response: Response) => void)[] = [];
    network.on(LIST, () => new Promise<Response>((resolve) => answers.push(resolve)));
    const shown = showList({ ...RECENT, q: "o" });
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    shown.query.value = { ...shown.query.value, q: "ol" };
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[0]?.(json({ items: [file("old-1")], next: null }));
    answers[1]?.(json({ items: [file("old-2")], next: null }));
    await vi.waitFor(() => expect(ids(shown)).toEqual(["old-2"]));
    expect(shown.list.problem).toBeNull();
    expect(network.to(LIST).map(({ query }) => query.get("q"))).toEqual(["o", "ol"]);
  });

  it("keeps what it shows when it cannot be read, and says why", async () => {
    network.on(LIST, json({ items: [file("a")], next: null }), refuse(503, "DATABASE_UNAVAILABLE"));
    const shown = await showAnswered({ ...RECENT });
    await shown.list.load();
    expect(ids(shown)).toEqual(["a"]);
    expect(shown.list.problem?.code).toBe("DATABASE_UNAVAILABLE");
  });

  it("keeps its far end when the near one is read anew", async () => {
    const all = Array.from({ length: 201 }, (_, index) => file(`f${index}`, at(59 - Math.floor(index / 10))));
    network.on(LIST, json({ items: all.slice(0, 200), next: "c1" }), json({ items: all.slice(200), next: "far" }));
    const shown = await showAnswered({ ...RECENT });
    await shown.list.more();
    network.on(LIST, json({ items: [file("fresh", at(59)), ...all.slice(0, 199)], next: "near" }));
    await shown.list.load();
    expect(network.to(LIST).at(-1)?.query.get("limit")).toBe("200");
    expect(ids(shown)[0]).toBe("fresh");
    expect(ids(shown).at(-1)).toBe("f200");
    expect(shown.list.next).toBe("far");
  });

  it("takes new files in where they belong in its order, if they belong at all", async () => {
    network.on(LIST, json({ items: [file("new", at(30)), file("old", at(10))], next: null }));
    const shown = await showAnswered({ ...RECENT, q: "e" });
    network.on(LIST, json({ items: [file("new", at(30)), file("old", at(10))], next: null }));
    useFiles().put(file("middle-e", at(20)));
    useFiles().put(file("elder", at(0)));
    useFiles().put(file("x", { name: "other.md", ...at(40) }));
    useFiles().put(file("y", { name: "no", ...at(40) }));
    expect(ids(shown)).toEqual(["x", "new", "middle-e", "old", "elder"]);
    useFiles().put(file("x", { name: "no more", trashed_at: "2026-11-21T00:00:00Z" }));
    expect(ids(shown)).toEqual(["new", "middle-e", "old", "elder"]);
  });

  it("counts as news what others have stored, not what this page is sending", async () => {
    network.on(LIST, json({ items: [file("a")], next: null }));
    const shown = await showAnswered({ sort: "name", order: "asc" });
    const items = [file("a"), file("b"), file("c"), file("d", { state: "pending" })];
    network.on(LIST, json({ items, next: null }));
    await shown.list.refresh();
    expect([...shown.list.fresh]).toEqual(["b", "c"]);
    useFiles().put(file("c"));
    expect([ids(shown), [...shown.list.fresh]]).toEqual([["a", "c"], ["b"]]);
  });

  it("does not show what lies beyond its end yet", async () => {
    network.on(LIST, json({ items: [file("new", at(30))], next: "more" }));
    const shown = await showAnswered({ ...RECENT });
    useFiles().put(file("beyond", at(1)));
    expect(ids(shown)).toEqual(["new"]);
  });

  it("moves a renamed file when it is sorted by name", async () => {
    network.on(LIST, json({ items: [file("a"), file("b"), file("c")], next: null }));
    const shown = await showAnswered({ sort: "name", order: "asc" });
    useFiles().put(file("a", { name: "z.txt" }));
    expect(ids(shown)).toEqual(["b", "c", "a"]);
    useFiles().put(file("c", { size: 7 }));
    expect(ids(shown)).toEqual(["b", "c", "a"]);
  });

  it("shows at once what it has shown before, and reads it anew", async () => {
    network.on(LIST, json({ items: [file("a")], next: null }), json({ items: [file("b")], next: null }));
    const shown = await showAnswered({ ...RECENT });
    shown.query.value = { ...shown.query.value, sort: "size" };
    await vi.waitFor(() => expect(ids(shown)).toEqual(["b"]));
    network.on(LIST, () => new Promise(() => undefined));
    shown.query.value = { ...shown.query.value, sort: "updated_at" };
    await vi.waitFor(() => expect(ids(shown)).toEqual(["a"]));
  });
});
