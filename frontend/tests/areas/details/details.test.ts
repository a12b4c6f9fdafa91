import { beforeEach, describe, expect, it, vi } from "vitest";
import { nextTick } from "vue";

import { tokens } from "@/api/http";
import type { FileVersion, RankedCity, Replica, Replicas, StoredFile } from "@/api/types";
import { useSession } from "@/areas/account/session";
import DetailsDrawer from "@/areas/details/components/DetailsDrawer.vue";
import { useDetails } from "@/areas/details/store";
import { useFiles } from "@/areas/files/store";
import { useCities } from "@/areas/map/cities";
import { useNotices } from "@/kit/notices";

import { byLabel, byText, onPage, show } from "@tests/mount";
import { json, Network } from "@tests/network";
import { ANN, CITIES, file } from "@tests/sample";

const API = "/storage/api/v1/files/f1";
const [NEW_YORK, VLADIVOSTOK, CAPE_TOWN] = CITIES as [RankedCity["server"], RankedCity["server"], RankedCity["server"]];
const page = (...items: object[]) => json({ items, next: null });

function replica(server: Replica["server"], change: Partial<Replica> = {}): Replica {
  const done = { state: "ready" as const, verified_at: "2026-11-20T10:00:42Z", lag_seconds: 42 };
  const well = { attempts: 1, last_error: null, reason: null, ahead: null, next_attempt_at: null };
  return { server, ...done, ...well, ...change };
}

function copies(items: Replica[], absent: Replicas["absent"] = []): Response {
  return json({ items, next: null, absent });
}

function ranked(server: RankedCity["server"], distance_km: number, is_healthy = true): RankedCity {
  const parts = { measured_ms: null, penalty_ms: 0, score_ms: distance_km / 100, load_bytes: 0 };
  return { server, rank: 1, is_healthy, distance_km, recent_links: 0, reason: "", ...parts };
}

function version(number: number, change: Partial<FileVersion> = {}): FileVersion {
  return {
    ...{ number, is_current: false, restored_from: null, size: number * 1_000, content_type: "text/plain" },
    ...{ sha256: null, created_by: "u1", created_at: "2026-11-20T10:00:00Z", ...change },
  };
}

let network: Network;
beforeEach(() => {
  network = new Network().on(
    `GET ${API}/replicas`,
    copies([replica(NEW_YORK), replica(CAPE_TOWN, { state: "copying", reason: "copying" })]),
  );
  network.on("GET /storage/api/v1/route", page(ranked(NEW_YORK, 12), ranked(CAPE_TOWN, 12_560)));
  network.on(`GET ${API}/versions`, page(version(2, { is_current: true }), version(1)));
  tokens.adopt({ access_token: "token-1", token_type: "Bearer", expires_in: 600 });
});

async function open(change: Partial<StoredFile> = {}) {
  show(DetailsDrawer);
  const permissions = ["files.view", "files.download", "files.change", "files.delete", "links.create"];
  useSession().profile = { ...ANN, permissions };
  useCities().all = CITIES;
  useDetails().open(file("f1", { sha256: "ab".repeat(32), version: 2, versions: 2, ...change }));
  await nextTick();
}

const tab = (name: string) => byText(name, "[role=tab]").click();

describe("the details of a file", () => {
  it("tell the owner which links lead to it, and nobody else", async () => {
    const more = { name: "For Bob", expires_at: null, has_password: false, max_downloads: null, downloads: 3 };
    const link = { id: "l1", target: { kind: "file", id: "f1", name: "f1.txt" }, version: null, ...more };
    network.on(`GET ${API}/links`, page({ ...link, created_at: "2026-11-20T10:00:00Z", last_opened_at: null }));
    network.on(`GET ${API}/grants`, page());
    await open();
    tab("Sharing");
    await vi.waitFor(() => expect(onPage(".sharing").textContent).toContain("For Bob"));
    useDetails().open(file("f1", { access: "read" }));
    await nextTick();
    const names = [...document.querySelectorAll("[role=tab]")].map((one) => one.textContent.trim());
    expect(names).toEqual(["Where", "Versions", "History"]);
  });

  it("tell its way: where it is proved, where it still goes, which city serves it and why", async () => {
    await open();
    await vi.waitFor(() => expect(document.querySelectorAll("[data-stop]")).toHaveLength(2));
    const stops = [...document.querySelectorAll("[data-stop]")].map(
      (stop) => stop.querySelector("span")?.textContent ?? "",
    );
    expect(stops[0]).toMatch(/^verified .*, 42 sec after it arrived$/);
    expect(stops[1]).toBe("is being copied now");
    const reason = "From here, New York serves it: the nearest city with a copy, 12 km away.";
    await vi.waitFor(() => expect(onPage(".reason").textContent.trim()).toBe(reason));
    expect(onPage(".safety").textContent).toContain("verified in 3 cities");
    expect(onPage("code").textContent).toBe("ab".repeat(32));
  });

  const waiting: [Partial<Replica>, string][] = [
    [{ state: "wanted", reason: "queued", ahead: 0 }, "waits for its turn: it is next"],
    [{ state: "wanted", reason: "queued", ahead: 1 }, "waits for its turn: 1 copy comes first"],
    [{ state: "wanted", reason: "catching_up", ahead: 312 }, "the city is still being filled: 312 copies come first"],
    [{ state: "wanted", reason: "city_away" }, "the city does not answer; the copy follows when it is back"],
    [{ state: "ready", reason: "policy_excludes" }, "the policy leaves this city out"],
  ];
  it.each(waiting)("say why it is not there yet: %o", async (change, text) => {
    network.on(`GET ${API}/replicas`, copies([replica(CAPE_TOWN, change)]));
    await open();
    await vi.waitFor(() => expect(onPage("[data-stop] span").textContent).toBe(text));
  });

  it("say when a copy that failed is tried again, and what went wrong", async () => {
    const next_attempt_at = new Date(Date.now() + 299_000).toISOString();
    const failing = { state: "failed", reason: "failing", next_attempt_at, last_error: "PUT: 507" } as const;
    network.on(`GET ${API}/replicas`, copies([replica(CAPE_TOWN, failing)]));
    await open();
    await vi.waitFor(() =>
      expect(onPage("[data-stop] span").textContent).toBe("could not be copied yet (PUT: 507), next try in 5 min."),
    );
  });

  it("name the cities that are to have none, and where that is set", async () => {
    const absent = { server: VLADIVOSTOK, reason: "policy_excludes" as const };
    network.on(`GET ${API}/replicas`, copies([replica(NEW_YORK)], [absent]));
    await open();
    useSession().profile = { ...ANN, permissions: ["files.view", "policy.view"] };
    await vi.waitFor(() => expect(document.querySelectorAll(".stop.absent")).toHaveLength(1));
    expect(onPage(".stop.absent span").textContent).toBe("the policy leaves this city out");
    await vi.waitFor(() => expect(byText("Which cities may have it", "a").getAttribute("href")).toContain("file=f1"));
  });

  it("say why a nearer city is passed over", async () => {
    network.on("GET /storage/api/v1/route", page(ranked(CAPE_TOWN, 12_560), ranked(VLADIVOSTOK, 40, false)));
    await open();
    await vi.waitFor(() =>
      expect(onPage(".reason").textContent).toContain("Vladivostok is nearer, but does not answer now."),
    );
  });

  it("follow the copies as they arrive", async () => {
    await open({});
    await vi.waitFor(() => expect(document.querySelectorAll("[data-stop]")).toHaveLength(2));
    network.on(`GET ${API}/replicas`, copies([replica(NEW_YORK), replica(CAPE_TOWN), replica(VLADIVOSTOK)]));
    useFiles().put(file("f1", { version: 2 }, ["ready", "ready", "copying"]));
    await vi.waitFor(() => expect(document.querySelectorAll(".stop.ready")).toHaveLength(3));
  });

  it("make an older version current, and the newer one again when that is undone", async () => {
    network.on(`POST ${API}/versions/1/restore`, json(file("f1", { version: 3, versions: 3 })));
    network.on(`POST ${API}/versions/2/restore`, json(file("f1", { version: 4, versions: 4 })));
    await open();
    tab("Versions");
    await vi.waitFor(() => byLabel("Make version 1 current").click());
    await vi.waitFor(() => expect(useNotices().current?.text).toBe("Version 1 is current again."));
    expect(network.to(`POST ${API}/versions/1/restore`)).toHaveLength(1);
    useNotices().current?.action?.run();
    await vi.waitFor(() => expect(useFiles().byId.get("f1")?.version).toBe(4));
    await vi.waitFor(() => expect(network.to(`GET ${API}/versions`).length).toBeGreaterThan(2));
  });

  it("delete a version for ever once it is said what goes", async () => {
    network.on(`DELETE ${API}/versions/1`, new Response(null, { status: 204 })).on(`GET ${API}`, json(file("f1")));
    await open();
    tab("Versions");
    await vi.waitFor(() => byLabel("Delete version 1 for ever").click());
    await vi.waitFor(() => expect(onPage("[role=dialog] p").textContent).toContain("1 kB will be erased"));
    byText("Delete for ever", "button").click();
    await vi.waitFor(() => expect(network.to(`DELETE ${API}/versions/1`)).toHaveLength(1));
    await vi.waitFor(() => expect(useNotices().current?.text).toBe("Version 1 is deleted for ever."));
  });

  it("show the history of this file only", async () => {
    const action = {
      ...{ id: "a1", user_id: "u1", event: "FILE.RENAME", object_id: "f1" },
      ...{ data: { old_name: "a.txt", name: "b.txt" }, ip: null, place: null, server: null, link_id: null },
      created_at: "2026-11-20T10:00:00Z",
    };
    network.on("GET /storage/api/v1/actions", page(action));
    await open();
    tab("History");
    await vi.waitFor(() => expect(onPage("[data-event]").textContent).toContain("Renamed a.txt to b.txt"));
    expect(network.to("GET /storage/api/v1/actions")[0]?.query.get("object_id")).toBe("f1");
  });

  it("are left by Escape, and the focus goes back", async () => {
    document.body.insertAdjacentHTML("beforeend", "<button id='before'>x</button>");
    document.getElementById("before")?.focus();
    await open();
    await vi.waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("Close the details"));
    onPage(".drawer").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    await vi.waitFor(() => expect(document.querySelector(".drawer")).toBeNull());
    await vi.waitFor(() => expect(document.activeElement?.id).toBe("before"));
  });

  it("offer what a reader may not do to nobody", async () => {
    await open({ access: "read" });
    expect(document.body.textContent).not.toContain("Share");
    tab("Versions");
    await vi.waitFor(() => expect(byLabel("Download version 1")).toBeTruthy());
    expect(document.querySelector(".restore, .remove")).toBeNull();
  });
});
