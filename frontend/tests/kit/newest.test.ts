import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { defineComponent, h, reactive } from "vue";

import { surroundings, tokens } from "@/api/http";
import { useSession } from "@/areas/account/session";
import { useCity } from "@/areas/cities/useCity";
import { useFigures } from "@/areas/cities/useFigures";
import { usePolicy } from "@/areas/cities/usePolicy";
import WhereTab from "@/areas/details/components/WhereTab.vue";
import { useFolders } from "@/areas/files/folders";
import { useFolderTree } from "@/areas/files/useFolderTree";
import { useCities } from "@/areas/map/cities";
import { usePlace } from "@/areas/map/place";
import { useSharedFolder } from "@/areas/opening/useSharedFolder";
import { useUsage } from "@/areas/quotas/useUsage";
import { useLive } from "@/live/store";

import { show } from "@tests/mount";
import { json, Network } from "@tests/network";
import { ANN, CITIES, city, file, folder, placeOf } from "@tests/sample";

import { LIVE, Stream } from "../live/stream";

const STORAGE = "/storage/api/v1";
const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

/** Questions that wait until they are answered, in whatever order. */
function held(network: Network, route: string): ((body: unknown) => Promise<void>)[] {
  const answers: ((body: unknown) => Promise<void>)[] = [];
  network.on(
    route,
    () =>
      new Promise<Response>((resolve) => {
        answers.push(async (body) => {
          resolve(json(body));
          await settle();
        });
      }),
  );
  return answers;
}

/** What a composable gives to a component that is shown. */
function shownWith<Result>(use: () => Result): Result {
  let result: Result | undefined;
  show(
    defineComponent({
      setup() {
        useSession().profile = { ...ANN, is_superuser: true };
        result = use();
        return () => null;
      },
    }),
  );
  return result as Result;
}

describe("an older answer that comes later is not taken", () => {
  let network: Network;

  beforeEach(() => {
    setActivePinia(createPinia());
    network = new Network();
    tokens.adopt({ access_token: "t", token_type: "Bearer", expires_in: 600 });
  });

  afterEach(() => useLive().stop());

  const asked = (answers: unknown[], count: number) => vi.waitFor(() => expect(answers).toHaveLength(count));

  describe("in the folder of a link", () => {
    const content = (name: string, next: string | null = null) => ({ folders: [], items: [{ id: name }], next });
    const refuse = vi.fn();

    function folderOf() {
      const answers = held(network, `GET ${STORAGE}/s/t/files`);
      const shared = useSharedFolder({ token: "t", pass: () => "p", refuse } as never);
      const shows = () => [shared.path.value, ...shared.files.value.map(({ id }) => id), shared.next.value];
      return { answers, shared, shows };
    }

    it("of one folder after another", async () => {
      const { answers, shared, shows } = folderOf();
      void shared.go("/a");
      void shared.go("/b");
      await asked(answers, 2);
      await answers[1]?.(content("in b"));
      expect(shared.isLoading.value).toBe(false);
      await answers[0]?.(content("in a"));
      expect(shows()).toEqual(["/b", "in b", null]);
    });

    it("of more of the folder before", async () => {
      const { answers, shared, shows } = folderOf();
      void shared.go("/a");
      await asked(answers, 1);
      await answers[0]?.(content("in a", "c1"));
      void shared.more();
      void shared.go("/b");
      await asked(answers, 3);
      await answers[2]?.(content("in b"));
      await answers[1]?.(content("more of a", "c2"));
      expect(shows()).toEqual(["/b", "in b", null]);
    });
  });

  it("in the story of a file", async () => {
    const answers = held(network, `GET ${STORAGE}/files/f1/replicas`);
    network.on(`GET ${STORAGE}/route`, json({ items: [], next: null }));
    const props = reactive({ file: file("f1", {}, ["ready", "copying"]) });
    show(defineComponent({ render: () => h(WhereTab, props) }));
    await asked(answers, 1);
    props.file = file("f1", {}, ["ready", "ready"]);
    await asked(answers, 2);
    const copies = (...names: number[]) => ({
      items: names.map((at) => ({ server: CITIES[at], state: "ready", verified_at: "2026-11-20T10:00:42Z" })),
      absent: [],
    });
    await answers[1]?.(copies(0, 1));
    await answers[0]?.(copies(0));
    expect(document.querySelectorAll("[data-stop]")).toHaveLength(2);
  });

  it("of the cities, nor one that an event has overtaken", async () => {
    const answers = held(network, `GET ${STORAGE}/servers`);
    const cities = shownWith(useCities);
    cities.all = CITIES;
    void cities.load();
    const change = { type: "server.changed", server: "new-york", state: "offline", at: "" };
    void cities.hear(change);
    await asked(answers, 2);
    await answers[1]?.({ items: [{ ...city("new-york", "New York", 0, 0), state: "offline" }] });
    await answers[0]?.({ items: CITIES });
    expect(cities.isAway("new-york")).toBe(true);
  });

  it("of where one is", async () => {
    const answers = held(network, `GET ${STORAGE}/route`);
    const place = shownWith(usePlace);
    void place.pretend("1.1.1.1");
    void place.pretend("2.2.2.2");
    await asked(answers, 2);
    await answers[1]?.(placeOf("2.2.2.2", "London"));
    await answers[0]?.(placeOf("1.1.1.1", "Paris"));
    expect(place.city).toBe("London");
    surroundings.fakeIp = null;
  });

  it("of a city that was changed meanwhile", async () => {
    const answers = held(network, `GET ${STORAGE}/servers/c1`);
    network.on(`PATCH ${STORAGE}/servers/c1`, json({ name: "new" }));
    const shown = shownWith(() => useCity("c1"));
    await asked(answers, 1);
    await shown.change({});
    expect(shown.city.value).toEqual({ name: "new" });
    await answers[0]?.({ name: "old" });
    expect(shown.city.value).toEqual({ name: "new" });
  });

  it("of how far behind cities are", async () => {
    const answers = held(network, `GET ${STORAGE}/admin/replication`);
    const stream = new Stream();
    network.on(LIVE, stream.response);
    const figures = shownWith(useFigures);
    useLive().start();
    await asked(answers, 1);
    stream.tell("server.changed", "");
    await asked(answers, 2);
    await answers[1]?.({ items: [{ server: { name: "b" } }] });
    await answers[0]?.({ items: [{ server: { name: "a" } }] });
    expect([...figures.value.keys()]).toEqual(["b"]);
  });

  it("of what another policy would have moved", async () => {
    const policy = { copies: "all", one_per_zone: false, zones: { require: [], forbid: [] }, near_owner: false };
    network.on(`GET ${STORAGE}/policy`, json({ ...policy, set_for: "all" }));
    const answers = held(network, `POST ${STORAGE}/policies/simulate`);
    const shown = shownWith(() => usePolicy({ kind: "all" }));
    await vi.waitFor(() => expect(shown.wish.value).not.toBeNull());
    await settle();
    void shown.simulate();
    await asked(answers, 1);
    shown.wish.value = { ...policy, copies: 2, near_owner: true } as never;
    await settle();
    await answers[0]?.({ files: 3 });
    expect(shown.simulated.value).toBeNull();
  });

  it("of folders in the tree", async () => {
    const answers = held(network, `GET ${STORAGE}/folders`);
    const tree = shownWith(useFolderTree);
    await asked(answers, 1);
    await answers[0]?.({ items: [], next: null });
    const [shown] = useFolders().lists;
    void shown?.refresh();
    void shown?.refresh();
    await asked(answers, 3);
    await answers[2]?.({ items: [folder("new")], next: null });
    await answers[1]?.({ items: [folder("old")], next: null });
    expect(tree.opened.get("")?.map(({ id }) => id)).toEqual(["new"]);
  });

  it("of how much is stored", async () => {
    vi.useFakeTimers();
    const answers: ((response: Response) => void)[] = [];
    network.on(`GET ${STORAGE}/usage`, () => new Promise<Response>((resolve) => answers.push(resolve)));
    const stream = new Stream();
    network.on(LIVE, stream.response);
    const usage = shownWith(useUsage);
    useLive().start();
    await vi.advanceTimersByTimeAsync(10);
    stream.tell("file.stored", "f1");
    await vi.advanceTimersByTimeAsync(6_000);
    expect(answers).toHaveLength(2);
    answers[1]?.(json({ bytes: 2 }));
    await vi.advanceTimersByTimeAsync(10);
    answers[0]?.(json({ bytes: 1 }));
    await vi.advanceTimersByTimeAsync(10);
    expect(usage.value).toEqual({ bytes: 2 });
  });
});
