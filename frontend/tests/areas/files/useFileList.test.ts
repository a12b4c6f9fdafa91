import { beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import type { StoredFile } from "@/api/types";
import { BY_NAME, compare } from "@/areas/files/query";
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

  /** Answers as the server does: a part of these, behind the cursor, which is a position here. */
  function holdsAll(all: StoredFile[]): void {
    network.on(LIST, ({ query }) => {
      const from = Number(query.get("cursor") ?? 0);
      const to = from + Number(query.get("limit"));
      return json({ items: all.slice(from, to), next: to < all.length ? String(to) : null });
    });
  }

  it("keeps its far end when the near one is read anew", async () => {
    const all = Array.from({ length: 420 }, (_, index) => file(`f${index}`, at(59 - Math.floor(index / 10))));
    holdsAll(all);
    const shown = await showAnswered({ ...RECENT });
    await shown.list.more();
    expect(ids(shown)).toHaveLength(300);
    holdsAll([file("fresh", at(59)), ...all]);
    await shown.list.load();
    expect(ids(shown)[0]).toBe("fresh");
    expect(ids(shown).slice(1, 301)).toEqual(all.slice(0, 300).map(({ id }) => id));
    await shown.list.more();
    expect(ids(shown).slice(1)).toEqual(all.map(({ id }) => id));
  });

  const named = (name: string) => file(name, { name: `${name}.jpg` });
  const numbered = Array.from({ length: 250 }, (_, index) => named(`img${index + 1}`));
  const underlined = Array.from({ length: 250 }, (_, index) => named(`img_${index + 1}`));

  it("loses nothing by being read again, in whatever order the server has the names", async () => {
    const all = [...numbered, ...underlined];
    holdsAll(all);
    const shown = await showAnswered();
    await shown.list.more();
    expect(ids(shown)).toHaveLength(300);
    // A machine that reads no further than this.
    network.on(LIST, json({ items: all.slice(0, 200), next: "200" }), refuse(503, "DATABASE_UNAVAILABLE"));
    await shown.list.refresh();
    expect(ids(shown)).toHaveLength(300);
    holdsAll(all);
    await shown.list.refresh();
    expect(ids(shown)).toEqual(all.slice(0, 300).map(({ id }) => id));
    await shown.list.load();
    expect(ids(shown)).toEqual(all.slice(0, 400).map(({ id }) => id));
  });

  it("loses nothing where another file moved, which it still shows in its place", async () => {
    const all = [...numbered, ...underlined];
    holdsAll(all);
    const shown = await showAnswered();
    await shown.list.more();
    const [moved, rest] = [file("img_10", { name: "img170.jpg" }), all.filter(({ id }) => id !== "img_10")];
    holdsAll([...rest.slice(0, 199), moved, ...rest.slice(199)]);
    await shown.list.refresh();
    expect(ids(shown)).toEqual(all.slice(0, 300).map(({ id }) => id));
  });

  it("loses what is gone from far below, and counts what came there", async () => {
    const all = [...numbered, ...underlined];
    holdsAll(all);
    const shown = await showAnswered();
    await shown.list.more();
    holdsAll(all.flatMap((one) => (one.id === "img_20" ? [] : one.id === "img240" ? [one, named("img240a")] : [one])));
    await shown.list.refresh();
    expect(ids(shown)).toHaveLength(299);
    expect(ids(shown)).not.toContain("img_20");
    expect([...shown.list.fresh]).toEqual(["img240a"]);
    await shown.list.load();
    expect(ids(shown).indexOf("img240a")).toBe(240);
  });

  it("counts as news nothing that only lies beyond its end", async () => {
    holdsAll(numbered);
    const shown = await showAnswered();
    holdsAll(numbered.slice(3));
    await shown.list.refresh();
    expect([ids(shown).length, shown.list.fresh.size]).toEqual([97, 0]);
    holdsAll(numbered.slice(3, 95));
    await shown.list.refresh();
    expect(ids(shown).at(-1)).toBe("img95");
    holdsAll(numbered.slice(4, 94).concat(numbered.slice(120)));
    await shown.list.refresh();
    expect([ids(shown).at(-1), shown.list.fresh.size]).toEqual(["img94", 0]);
  });

  it("is read on while it is being read again", async () => {
    holdsAll(numbered);
    const shown = await showAnswered();
    network.on(LIST, () => new Promise(() => undefined));
    const again = shown.list.refresh();
    holdsAll(numbered);
    await shown.list.more();
    expect(ids(shown)).toHaveLength(250);
    expect(await again).toBe(false);
  });

  it("has the order of the server: by letters without marks, and numbers by what they are worth", () => {
    const sorted = ["img9 b", "img09 c", "img10 a", "img_1", "Straße", "strasse 2", "ς", "σ1", "Ёлка", "ель", "Йод"];
    const shuffled = sorted.map((name) => file(name, { name })).reverse();
    const order = shuffled.sort((one, other) => compare(one, other, BY_NAME)).map(({ id }) => id);
    expect(order).toEqual(sorted);
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
