import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { isReadonly, isRef, nextTick, toRaw } from "vue";

import { authorised, tokens } from "@/api/http";
import App from "@/App.vue";
import { useProof } from "@/areas/account/proof";
import { useSession } from "@/areas/account/session";
import { useDetails } from "@/areas/details/store";
import { useFiles } from "@/areas/files/store";
import { remember } from "@/kit/remember";

import { onPage, show } from "@tests/mount";
import { json, Network, newLogin, refuse } from "@tests/network";
import { ANN, file, folder } from "@tests/sample";

const ME = "GET /auth/api/v1/me";
const LINKS = "GET /storage/api/v1/links";
const BOB = { ...ANN, id: "u2", username: "bob" };
const SECRET = { username: "bob", password: "x" };

/** These hold what belongs to the browser, to everybody or to the connection. */
const NOBODYS = ["appearance", "belongings", "cities", "live", "place", "session"];

const texts = import.meta.glob<string>("../../src/**/*.ts", { query: "?raw", import: "default", eager: true });
const modules = import.meta.glob<Record<string, unknown>>("../../src/**/*.ts");
// The pages of earlier tests are no other tabs.
beforeEach(
  () =>
    void vi.stubGlobal(
      "BroadcastChannel",
      class {
        postMessage = vi.fn();
      },
    ),
);

type AnyStore = Record<string, unknown> & { $id: string };

async function allStores(): Promise<AnyStore[]> {
  const paths = Object.keys(texts).filter((path) => texts[path]?.includes("= defineStore("));
  const loaded = await Promise.all(paths.map((path) => modules[path]?.() ?? {}));
  const makers = loaded.flatMap((module) => Object.values(module)).filter((one) => typeof one === "function");
  return makers.filter((one) => "$id" in one).map((use) => use() as AnyStore);
}

/** What a store holds, by name: refs that may be written, maps, sets and lists. */
function holdings(store: AnyStore): [string, unknown][] {
  return Object.entries(toRaw(store)).flatMap(([name, value]): [string, unknown][] => {
    if (name.startsWith("$") || name.startsWith("_") || name === "lists" || typeof value === "function") return [];
    const held = isRef(value) && !isReadonly(value) ? value.value : value;
    return isRef(held) ? [] : [[name, held]];
  });
}

function leaveTraces(store: AnyStore): void {
  for (const [name, held] of holdings(store)) {
    if (held instanceof Map) held.set("ann", { ids: ["ann"] });
    else if (held instanceof Set) held.add("ann");
    else if (Array.isArray(held)) store[name] = [{ id: "ann" }];
    else if (typeof held === "boolean") store[name] = !held;
    else if (typeof held === "number") store[name] = 0;
    else if (held === null) store[name] = { id: "ann" };
    else (held as { items: unknown }).items = [{ id: "ann" }];
  }
}

const told = (stores: AnyStore[]) =>
  stores.flatMap((store) =>
    holdings(store).map(([name, held]) => {
      const plain = held instanceof Map || held instanceof Set ? [...held] : held;
      return `${store.$id}.${name}: ${JSON.stringify(plain)}`;
    }),
  );

describe("when somebody else comes", () => {
  let network: Network;

  beforeEach(() => {
    remember("session", "1");
    network = new Network().on("POST /auth/api/v1/refresh", newLogin()).on(ME, json(ANN), json(BOB));
    network.on("POST /auth/api/v1/login", newLogin("token-2")).on("POST /auth/api/v1/logout", json({}));
    network.on("GET /storage/api/v1/files", json({ items: [], next: null }));
    tokens.forget();
  });

  async function bobTakesOver(): Promise<void> {
    await useSession().logOut();
    await useSession().logIn(SECRET);
  }

  it("no store holds anything of the person before", async () => {
    setActivePinia(createPinia());
    await useSession().restore();
    const stores = (await allStores()).filter(({ $id }) => !NOBODYS.includes($id));
    expect(stores.length).toBeGreaterThan(9);
    const clean = told(stores);
    stores.forEach(leaveTraces);
    expect(told(stores).filter((line) => clean.includes(line))).toEqual([]);
    await bobTakesOver();
    expect(told(stores)).toEqual(clean);
  });

  it("the page shows none of the files that were open, nor what was said", async () => {
    show(App);
    await vi.waitFor(() => onPage(".rail"));
    useDetails().open(file("f1", { name: "ann's secret.txt" }));
    await vi.waitFor(() => onPage(".drawer"));
    await useSession().logOut();
    await vi.waitFor(() => onPage("input[name=username]"));
    await useSession().logIn(SECRET);
    await vi.waitFor(() => onPage(".rail"));
    await nextTick();
    expect(document.querySelector(".drawer")).toBeNull();
    expect(document.body.textContent).not.toContain("ann's secret");
  });

  it("no answer to the person before comes to the next", async () => {
    setActivePinia(createPinia());
    await useSession().restore();
    const answers: ((response: Response) => void)[] = [];
    network.on(LINKS, () => new Promise((resolve) => answers.push(resolve)));
    const asked = authorised("/storage/api/v1/links").catch((reason: unknown) => reason);
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    await bobTakesOver();
    answers[0]?.(json({ items: ["ann's"] }));
    expect(await asked).toMatchObject({ code: "SIGNED_OUT", status: 401 });
  });

  it("nothing that the person before wanted is done by the proof of the next", async () => {
    setActivePinia(createPinia());
    await useSession().restore();
    network.on("DELETE /x", refuse(403, "PROOF_NEEDED"), json({}));
    useProof();
    const wanted = authorised("/x", { method: "DELETE" }).catch((reason: unknown) => reason);
    await vi.waitFor(() => expect(useProof().isAsked).toBe(true));
    await bobTakesOver();
    useProof().settle(true);
    expect(await wanted).toBeInstanceOf(Error);
    expect(network.to("DELETE /x")).toHaveLength(1);
  });
});

describe("a file that is gone", () => {
  beforeEach(() => {
    new Network().on("POST /auth/api/v1/refresh", newLogin()).on(ME, json(ANN));
    tokens.forget();
    remember("session", "1");
  });

  it("is not shown beside the page any more, nor looked at", async () => {
    show(App);
    await vi.waitFor(() => onPage(".rail"));
    const [first, second] = [file("f1"), file("f2")];
    for (const one of [first, second]) useFiles().put(one);
    useDetails().open(first);
    await vi.waitFor(() => onPage(".drawer"));
    useFiles().drop("f2");
    await nextTick();
    expect(document.querySelector(".drawer")).not.toBeNull();
    useFiles().drop("f1");
    await nextTick();
    expect(document.querySelector(".drawer")).toBeNull();
  });

  it("is none of those that the arrow keys go through", () => {
    setActivePinia(createPinia());
    const all = ["f1", "f2", "f3"].map((id) => file(id));
    all.forEach((one) => useFiles().put(one));
    useDetails().look(all[1] as (typeof all)[0], all);
    useFiles().drop("f1");
    expect(useDetails().looked?.id).toBe("f2");
    useDetails().step(-1);
    expect(useDetails().looked?.id).toBe("f2");
    useFiles().put(file("f2", { trashed_at: "2026-11-21T00:00:00Z" }));
    expect(useDetails().looked).toBeNull();
  });

  it("is what stands in a folder that was trashed, too", () => {
    setActivePinia(createPinia());
    const inside = file("f1", { folder: "/a/b", folder_id: "b" });
    useFiles().put(inside);
    useFiles().put(file("f2", { folder: "/ab", folder_id: "ab" }));
    useDetails().open(inside);
    useFiles().dropBelow(folder("a").path);
    expect(useDetails().file).toBeNull();
    expect([...useFiles().byId.keys()]).toEqual(["f2"]);
  });
});
