import "@/areas/cities/bring";

import { beforeEach, describe, expect, it, vi } from "vitest";
import { h } from "vue";

import { tokens } from "@/api/http";
import type { CityDetail, LiveEvent, ReplicationFigures } from "@/api/types";
import { useSession } from "@/areas/account/session";
import AddDialog from "@/areas/cities/components/AddDialog.vue";
import CityLine from "@/areas/cities/components/CityLine.vue";
import DrainReport from "@/areas/cities/components/DrainReport.vue";
import RemoveCity from "@/areas/cities/components/RemoveCity.vue";
import { placeNear, serverName } from "@/areas/cities/places";
import CitiesView from "@/areas/cities/views/CitiesView.vue";
import LettersView from "@/areas/cities/views/LettersView.vue";
import { placeAt, spotOf } from "@/areas/map/projection";
import { type Listener, useLive } from "@/live/store";

import { byText, onPage, show } from "@tests/mount";
import { json, Network, refuse } from "@tests/network";
import { ANN, CITIES } from "@tests/sample";

const SERVERS = "/storage/api/v1/servers";
const LETTERS = "/storage/api/v1/admin/dead-letters";
const PROBED = {
  capabilities: { multipart: true, cors: false },
  clock_skew_seconds: 0,
  first_byte_ms: 12.4,
  bytes_per_second: 4e6,
};
const CAPE_TOWN = { ...CITIES[2], is_on: true, is_active: true, is_draining: false } as CityDetail;

beforeEach(() => {
  tokens.adopt({ access_token: "token", token_type: "Bearer", expires_in: 600 });
});

function allow(...permissions: string[]) {
  useSession().profile = { ...ANN, permissions };
}

async function type(name: string, value: string) {
  const field = onPage<HTMLInputElement>(`input[name="${name}"]`);
  field.value = value;
  field.dispatchEvent(new Event("input"));
  await Promise.resolve();
}

describe("a click on the map", () => {
  it("finds the point again from which it was drawn", () => {
    for (const { latitude, longitude } of CITIES) {
      const back = placeAt(spotOf({ latitude, longitude }));
      expect(back.latitude).toBeCloseTo(latitude, 3);
      expect(back.longitude).toBeCloseTo(longitude, 3);
    }
  });

  it("means the city beside it", () => {
    expect(placeNear({ latitude: 50, longitude: 9 })).toMatchObject({ city: "Frankfurt", zone: "europe" });
    expect(placeNear({ latitude: -10.123, longitude: -140 })).toMatchObject({ city: "", latitude: -10.12 });
    expect(["São Paulo", "New York", "Москва"].map(serverName)).toEqual(["sao-paulo", "new-york", ""]);
  });
});

describe("the page of cities", () => {
  it("reads its figures again at once when a city has changed", async () => {
    const listeners: Listener[] = [];
    const network = new Network().on("GET /storage/api/v1/servers", json({ items: CITIES, next: null }));
    network.on("GET /storage/api/v1/admin/replication", json({ items: [], next: null }));
    const setup = () => {
      allow("replication.view");
      vi.spyOn(useLive(), "listen").mockImplementation((listener) => {
        listeners.push(listener);
        return () => undefined;
      });
      return () => h(CitiesView);
    };
    show({ setup });
    const asked = () => network.to("GET /storage/api/v1/admin/replication").length;
    await vi.waitFor(() => expect(asked()).toBe(1));
    for (const { onEvent } of listeners) onEvent?.({ type: "server.changed" } as unknown as LiveEvent);
    await vi.waitFor(() => expect(asked()).toBe(2));
  });

  it("is calm for people without permissions", async () => {
    const network = new Network().on(`GET ${SERVERS}`, json({ items: CITIES, next: null }));
    const page = show(CitiesView, {}, "/cities");
    await vi.waitFor(() => expect(document.querySelectorAll("[data-city]")).toHaveLength(3));
    expect(page.text()).toContain("answers");
    expect(page.find(".add").exists()).toBe(false);
    expect(page.find("[data-city] a").exists()).toBe(false);
    expect(network.to("GET /storage/api/v1/admin/replication")).toEqual([]);
  });
});

async function tryOut(secret = "a secret that is long") {
  await vi.waitFor(() => onPage("input[name=endpoint]"));
  await type("endpoint", "http://127.0.0.1:9009");
  await type("access-key", "key");
  await type("secret-key", secret);
  await vi.waitFor(() => byText("Test it", "button").click());
}

describe("the dialog that adds a city", () => {
  const place = { city: "Frankfurt", zone: "europe", latitude: 50.11, longitude: 8.68 };

  it("tries it first, says what it found, and adds it then", async () => {
    const network = new Network().on(`POST ${SERVERS}/probe`, json(PROBED));
    network.on(`POST ${SERVERS}`, json({ ...CAPE_TOWN, hook_secret: "told-once", probed: PROBED }, {}, 201));
    show(AddDialog, { place });
    await tryOut();
    await vi.waitFor(() => byText("Its clock is right."));
    const lacking = [...document.querySelectorAll("li.lacks")].map((line) => line.textContent?.trim());
    expect(lacking).toEqual(["Browsers may not talk to it yet: allow that on the server."]);
    expect(document.querySelectorAll(".found li").length).toBe(4);
    expect(network.to(`POST ${SERVERS}`)).toEqual([]);
    byText("Add it", "button").click();
    await vi.waitFor(() => byText("told-once"));
    expect(network.to(`POST ${SERVERS}`)[0]?.body).toMatchObject({ ...place, name: "frankfurt", bucket: "meridian" });
  });

  it("adds nothing else than what was tried", async () => {
    const answers: ((answer: Response) => void)[] = [];
    const network = new Network();
    network.on(`POST ${SERVERS}/probe`, () => new Promise((resolve) => answers.push(resolve)));
    show(AddDialog, { place });
    await tryOut();
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    await type("endpoint", "http://127.0.0.1:9010");
    answers[0]?.(json(PROBED));
    await vi.waitFor(() => expect(document.querySelector("[aria-busy]")).toBeNull());
    expect(document.querySelector(".found")).toBeNull();
    byText("Test it", "button").click();
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.(json(PROBED));
    await vi.waitFor(() => byText("Add it", "button"));
    expect(network.to(`POST ${SERVERS}/probe`)[1]?.body).toMatchObject({ endpoint: "http://127.0.0.1:9010" });
  });

  it("says in words why a server does not do", async () => {
    new Network().on(`POST ${SERVERS}/probe`, refuse(422, "SERVER_UNREACHABLE", { reason: "keys" }));
    show(AddDialog, { place });
    await tryOut("wrong");
    await vi.waitFor(() => byText("The server refuses these keys."));
  });
});

describe("how a city is doing", () => {
  const lag = { p50: null, p95: null, oldest: null };
  const figures = {
    ...{ server: CITIES[2], backlog: 0, bytes: 0, lag, per_second: 0, bytes_per_second: 0, errors: 3 },
    ...{ dead_letters: 3, is_counting: false },
  } as ReplicationFigures;
  const line = (more: Partial<ReplicationFigures>) =>
    show(CityLine, { city: CAPE_TOWN, figures: { ...figures, ...more }, isLink: false, isDetailed: true }).text();

  it("says that it lacks what has failed", () => {
    expect(line({})).toContain("3 failed");
    expect(line({})).not.toContain("has everything");
    expect(line({ dead_letters: 0 })).toContain("has everything");
    expect(line({ backlog: 18_204 })).toContain("18,204 copies");
  });

  it("has everything only once it is known what that is", () => {
    expect(line({ dead_letters: 0, is_counting: true })).toContain("counting…");
    expect(line({ dead_letters: 0, is_counting: true })).not.toContain("has everything");
    expect(line({ backlog: 500, is_counting: true })).toContain("500 copies, 0 bytes · counting…");
  });

  it("has a speed only while something arrives", () => {
    expect(line({})).not.toContain("/s");
    expect(line({ bytes_per_second: 4e6 })).toContain("4 MB/s");
  });

  it("says how much is under way, to those who are told", () => {
    const said = (load?: number) =>
      show(CityLine, { city: { ...CAPE_TOWN, load_bytes: load }, isLink: false, isDetailed: false }).text();
    expect(said(125_000_000)).toContain("125 MB under way");
    expect(said(0)).not.toContain("under way");
    expect(said()).not.toContain("under way");
  });

  it("tells the report of a drain in words, with its signature", () => {
    const signature = { algorithm: "HMAC-SHA256", value: "b3c1" };
    const report = { server: "cape-town", files: 1204, versions: 1377, bytes: 8.3e9, sole_copies: 0, signature };
    const said = show(DrainReport, { report }).text();
    for (const part of ["Files1,204", "Size8.3 GB", "Stored only here0", "HMAC-SHA256 b3c1"]) {
      expect(said).toContain(part);
    }
  });
});

describe("the removal of a city", () => {
  it("says what would be lost, and wants its number", async () => {
    const counts = { files: 2, versions: 3, bytes: 4_000_000 };
    const network = new Network().on(
      `DELETE ${SERVERS}/${CAPE_TOWN.id}`,
      refuse(409, "SOLE_COPIES", { counts }),
      json(counts),
    );
    show(RemoveCity, { city: CAPE_TOWN });
    await vi.waitFor(() => byText("Remove", "button").click());
    await vi.waitFor(() =>
      expect(onPage("[role=alert].bad").textContent).toContain("2 files are only here (3 versions"),
    );
    const lose = () => byText("Remove and lose them", "button") as HTMLButtonElement;
    expect(lose().disabled).toBe(true);
    await type("loss", "2");
    expect(lose().disabled).toBe(true);
    await type("loss", "3");
    await vi.waitFor(() => expect(lose().disabled).toBe(false));
    lose().click();
    await vi.waitFor(() => expect(network.asked.at(-1)?.query.get("confirm_loss")).toBe("3"));
  });
});

describe("failed copies", () => {
  const letter = {
    ...{ id: "d1", file_id: "f1", version_id: "v1", server: CITIES[2], attempts: 5, error: "EntityTooLarge" },
    ...{ created_at: "2026-11-20T10:00:00Z", next_attempt_at: null },
  };

  it("are tried again, and dropped with a reason", async () => {
    const network = new Network().on(`GET ${LETTERS}`, json({ items: [letter], next: null }));
    network.on(`POST ${LETTERS}/retry`, json({ retried: 1 }));
    network.on(`DELETE ${LETTERS}/d1`, new Response(null, { status: 204 }));
    show(LettersView, {}, "/admin/dead-letters");
    allow("replication.view", "replication.change");
    await vi.waitFor(() => byText("EntityTooLarge"));
    await vi.waitFor(() => byText("Try all now", "button").click());
    await vi.waitFor(() => expect(network.to(`POST ${LETTERS}/retry`)).toHaveLength(1));
    const drop = () => byText("Drop", ".letter button") as HTMLButtonElement;
    await vi.waitFor(() => expect(drop().disabled).toBe(false));
    drop().click();
    await vi.waitFor(() => onPage("input[name=reason]"));
    await type("reason", "known");
    await vi.waitFor(() => byText("Drop", "[role=dialog] button").click());
    await vi.waitFor(() => expect(network.to(`DELETE ${LETTERS}/d1`)[0]?.query.get("reason")).toBe("known"));
  });
});
