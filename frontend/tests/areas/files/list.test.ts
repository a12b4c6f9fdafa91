import { beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import type { StoredFile } from "@/api/types";
import { useCities } from "@/areas/map/cities";
import { setLanguage } from "@/i18n";

import { byLabel, byText, onPage } from "@tests/mount";
import { json, Network, offline, refuse } from "@tests/network";
import { CITIES, file } from "@tests/sample";

import { FILES as LIST, FOLDERS, holds, showPage } from "./list";

describe("the file list", () => {
  let network: Network;

  beforeEach(() => {
    network = new Network().on(FOLDERS, json({ items: [], next: null }));
    tokens.adopt({ access_token: "t", token_type: "Bearer", expires_in: 600 });
  });

  async function showFiles(items: StoredFile[], at = "/"): Promise<void> {
    holds(network, [], items);
    await showPage(at);
    await vi.waitFor(() => expect(document.querySelectorAll("[data-file-id]")).toHaveLength(items.length));
    useCities().all = CITIES;
  }

  it("shows name, size, age and how the copies are", async () => {
    await showFiles([file("notes", { size: 5_242_880 }, ["ready", "copying", "wanted"])]);
    const row = onPage("[data-file-id=notes]");
    expect(row.textContent?.replace(/\s/g, " ")).toContain("5.2 MB");
    expect(row.querySelector("time")?.title).toContain("November 20, 2026");
    expect(spread("notes")).toEqual(["travelling", "1 of 3"]);
    await setLanguage("ru");
    await vi.waitFor(() => expect(spread("notes")).toEqual(["travelling", "1 из 3"]));
  });

  function spread(id: string): (string | undefined)[] {
    const mark = onPage(`[data-file-id=${id}] [data-spread]`);
    return [mark.dataset["spread"], mark.textContent?.trim()];
  }

  it("says in a word that all is well, and what is wrong when it is not", async () => {
    await showFiles([
      file("well"),
      file("lost", {}, ["ready", "copying", "failed"]),
      file("fresh", { state: "pending", replicas: { ready: 1, wanted: 3, servers: { "new-york": "ready" } } }),
    ]);
    expect(spread("well")).toEqual(["everywhere", "3 cities"]);
    expect(spread("lost")).toEqual(["failed", "no copy in Cape Town"]);
    expect(spread("fresh")).toEqual(["arriving", "arriving"]);
  });

  it("names every city and its copy when asked", async () => {
    await showFiles([file("a", {}, ["ready", "copying", "failed"])]);
    onPage("[data-file-id=a] [data-spread]").click();
    await vi.waitFor(() => onPage("[data-server]"));
    const lines = [...document.querySelectorAll<HTMLElement>("[data-server]")];
    expect(lines.map(({ textContent }) => textContent?.trim())).toEqual([
      "Cape Townno copy could be made",
      "New Yorkverified copy",
      "Vladivostokon its way",
    ]);
  });

  it("cuts a long name in its middle and keeps all of it for who asks", async () => {
    const name = "drone-lion-head-sunrise-over-the-bay-final.mp4";
    await showFiles([file("a", { name })]);
    const shown = onPage("[data-file-id=a] .tail").closest<HTMLElement>("[title]");
    expect([shown?.title, shown?.textContent]).toEqual([name, name]);
    expect(onPage("[data-file-id=a] .tail").textContent).toBe("-final.mp4");
  });

  it("sorts by its heads, each its own way first, and keeps that in the address", async () => {
    holds(network, [], [file("a")]);
    const router = await showPage();
    const asked = () => network.to(LIST).map(({ query }) => `${query.get("sort")} ${query.get("order")}`);
    const head = (text: string) => byText(text, "[role=columnheader]");
    await vi.waitFor(() => expect(head("Name").getAttribute("aria-sort")).toBe("ascending"));
    byText("Size", "button").click();
    await vi.waitFor(() => expect(head("Size").getAttribute("aria-sort")).toBe("descending"));
    expect(router.currentRoute.value.query).toEqual({ sort: "size" });
    byText("Name", "button").click();
    await vi.waitFor(() => expect(head("Name").getAttribute("aria-sort")).toBe("ascending"));
    byText("Name", "button").click();
    await vi.waitFor(() => expect(asked()).toEqual(["name asc", "size desc", "name asc", "name desc"]));
    expect(head("Where").hasAttribute("aria-sort")).toBe(false);
  });

  it("shows hostile names as text", async () => {
    const name = "<img src=x onerror=alert(1)>.txt";
    await showFiles([file("a", { name })]);
    expect(onPage("[data-file-id=a] .name").textContent).toBe(name);
    expect(document.querySelector("[data-file-id=a] img")).toBeNull();
  });

  it("goes on by itself before its end is reached", async () => {
    const [first, rest] = [many(0, 80), many(80, 30)];
    network.on(LIST, json({ items: first, next: "c" }), json({ items: rest, next: null }));
    await showPage();
    await vi.waitFor(() => expect(onPage(".path + .count").textContent).toBe("110 items"));
    expect(network.to(LIST).map(({ query }) => query.get("cursor"))).toEqual([null, "c"]);
  });

  it("has only the rows that are seen, or nearly", async () => {
    await showFilesOf(many(0, 200));
    expect(document.querySelectorAll("[data-file-id]").length).toBeLessThan(60);
    expect(onPage("[role=grid]").getAttribute("aria-rowcount")).toBe("201");
  });

  async function showFilesOf(items: StoredFile[]): Promise<void> {
    holds(network, [], items);
    await showPage();
    await vi.waitFor(() => onPage("[data-file-id]"));
  }

  function many(from: number, count: number): StoredFile[] {
    return Array.from({ length: count }, (_, index) => file(`f${String(from + index).padStart(4, "0")}`));
  }

  it("says when a search finds nothing, and offers the way back", async () => {
    network.on(LIST, json({ items: [], next: null }));
    const router = await showPage("/?q=cat");
    await vi.waitFor(() => expect(document.body.textContent).toContain("No name contains “cat”."));
    byText("Show all files", "button").click();
    await vi.waitFor(() => expect(router.currentRoute.value.query).toEqual({}));
  });

  it("says when the server does not answer, and tries again", async () => {
    network.on(LIST, refuse(503, "DATABASE_UNAVAILABLE", {}, { "Retry-After": "7" }));
    await showPage();
    await vi.waitFor(() => expect(document.body.textContent).toContain("Trying again in 7 s"));
    network.on(LIST, json({ items: [file("a")], next: null }));
    byText("Try again", "button").click();
    await vi.waitFor(() => expect(document.querySelectorAll("[data-file-id]")).toHaveLength(1));
  });

  it("tells copies that wait for a city from those under way", async () => {
    await showFiles([file("a", {}, ["ready", "wanted", "ready"])]);
    expect(spread("a")).toEqual(["travelling", "2 of 3"]);
    useCities().all = CITIES.map((city) => ({ ...city, state: city.name === "cape-town" ? "online" : "offline" }));
    await vi.waitFor(() => expect(spread("a")).toEqual(["waiting", "2 of 3, waits for Vladivostok"]));
    onPage("[data-file-id=a] [data-spread]").click();
    const text = (server: string) => onPage(`[data-server=${server}]`).textContent?.trim();
    await vi.waitFor(() => expect(text("vladivostok")).toBe("Vladivostokwaits until the city answers"));
    expect(text("new-york")).toBe("New Yorkverified copy, but the city does not answer now");
    expect(text("cape-town")).toBe("Cape Townverified copy");
  });

  it("lets a name that is written from right to left begin where it begins", async () => {
    const name = "تقرير المبيعات السنوي.pdf";
    await showFiles([file("a", { name })]);
    expect(onPage("[data-file-id=a] [dir=auto]").textContent).toBe(name);
  });

  it("downloads from the first city that answers", async () => {
    await showFiles([file("a")]);
    const [newYork, vladivostok] = CITIES;
    network.on(
      "GET /storage/api/v1/files/a/download",
      json({
        url: "http://ny.test/a",
        server: newYork,
        distance_km: 3,
        alternates: [{ server: vladivostok, url: "http://vl.test/a" }],
      }),
    );
    network.on("GET http://ny.test/a", offline).on("GET http://vl.test/a", new Response("x", { status: 206 }));
    const opened: string[] = [];
    const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      opened.push(this.href);
    });
    byLabel("Download a.txt").click();
    await vi.waitFor(() => expect(opened).toEqual(["http://vl.test/a"]));
    click.mockRestore();
  });
});
