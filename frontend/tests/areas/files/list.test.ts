import { beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import type { StoredFile } from "@/api/types";
import { useCities } from "@/areas/map/cities";
import { setLanguage } from "@/i18n";

import { byLabel, byText, onPage } from "@tests/mount";
import { json, Network, offline, refuse } from "@tests/network";
import { CITIES, file } from "@tests/sample";

import { showAnswered } from "./list";

const LIST = "GET /storage/api/v1/files";

describe("the file list", () => {
  let network: Network;

  beforeEach(() => {
    network = new Network();
    tokens.adopt({ access_token: "t", token_type: "Bearer", expires_in: 600 });
  });

  async function showFiles(items: StoredFile[], next: string | null = null): Promise<void> {
    network.on(LIST, json({ items, next }));
    await showAnswered();
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

  it("sorts by its heads, each its own way first", async () => {
    await showFiles([file("a")]);
    const asked = () => network.to(LIST).map(({ query }) => `${query.get("sort")} ${query.get("order")}`);
    const head = (text: string) => byText(text, "[role=columnheader]");
    expect(head("Added").getAttribute("aria-sort")).toBe("descending");
    byText("Size", "button").click();
    await vi.waitFor(() => expect(head("Size").getAttribute("aria-sort")).toBe("descending"));
    byText("Name", "button").click();
    await vi.waitFor(() => expect(head("Name").getAttribute("aria-sort")).toBe("ascending"));
    byText("Name", "button").click();
    await vi.waitFor(() => expect(asked()).toEqual(["created_at desc", "size desc", "name asc", "name desc"]));
    expect(head("Where").hasAttribute("aria-sort")).toBe(false);
  });

  it("shows hostile names as text", async () => {
    const name = "<img src=x onerror=alert(1)>.txt";
    await showFiles([file("a", { name })]);
    expect(onPage("[data-file-id=a] .name").textContent).toBe(name);
    expect(document.querySelector("[data-file-id=a] img")).toBeNull();
  });

  it("pages when there is more", async () => {
    network.on(LIST, json({ items: [file("a")], next: "c" }), json({ items: [file("b")], next: null }));
    await showAnswered();
    byText("Show more", "button").click();
    await vi.waitFor(() => expect(document.querySelectorAll("[data-file-id]")).toHaveLength(2));
    expect(document.body.textContent).not.toContain("Show more");
  });

  it("says when a search finds nothing, and offers the way back", async () => {
    network.on(LIST, json({ items: [], next: null }), json({ items: [file("a")], next: null }));
    const { query } = await showAnswered({ q: "cat" });
    expect(document.body.textContent).toContain("No file name contains “cat”.");
    byText("Show all files", "button").click();
    await vi.waitFor(() => expect(query.value.q).toBe(""));
  });

  it("says when the server does not answer, and tries again", async () => {
    network.on(LIST, refuse(503, "DATABASE_UNAVAILABLE", {}, { "Retry-After": "7" }));
    await showAnswered();
    await vi.waitFor(() => expect(document.body.textContent).toContain("Trying again in 7 s"));
    network.on(LIST, json({ items: [file("a")], next: null }));
    byText("Try again", "button").click();
    await vi.waitFor(() => expect(document.querySelectorAll("[data-file-id]")).toHaveLength(1));
  });

  async function choose(action: string): Promise<void> {
    byLabel("More for a.txt").click();
    await vi.waitFor(() => byText(action, ".v-list-item-title").click());
  }

  it("renames, and says when the name is taken", async () => {
    await showFiles([file("a")]);
    network.on("GET /storage/api/v1/files/a", json(file("a"), { ETag: '"1"' }));
    network.on("PATCH /storage/api/v1/files/a", refuse(409, "FILE_EXISTS"), json(file("a", { name: "c.txt" })));
    await choose("Rename");
    const field = await vi.waitFor(() => onPage<HTMLInputElement>(".v-dialog input"));
    field.value = "c.txt";
    field.dispatchEvent(new Event("input"));
    onPage(".v-dialog form").dispatchEvent(new Event("submit"));
    await vi.waitFor(() => expect(onPage(".v-dialog").textContent).toContain("already a file with this name"));
    onPage(".v-dialog form").dispatchEvent(new Event("submit"));
    await vi.waitFor(() => expect(onPage("[data-file-id=a] .name").textContent).toBe("c.txt"));
  });

  it("deletes only after a second question", async () => {
    await showFiles([file("a")]);
    network.on("DELETE /storage/api/v1/files/a", new Response(null, { status: 204 }));
    await choose("Delete");
    await vi.waitFor(() => expect(onPage(".v-dialog").textContent).toContain("“a.txt” will be erased in every city"));
    expect(network.to("DELETE /storage/api/v1/files/a")).toHaveLength(0);
    onPage(".v-dialog form").dispatchEvent(new Event("submit"));
    await vi.waitFor(() => expect(document.querySelectorAll("[data-file-id]")).toHaveLength(0));
  });

  it("gives the focus back to where a dialog was asked for", async () => {
    await showFiles([file("a"), file("b")]);
    await choose("Rename");
    await vi.waitFor(() => onPage(".v-dialog input"));
    byText("Cancel", ".v-dialog button").click();
    await vi.waitFor(() => expect(document.activeElement).toBe(byLabel("More for a.txt")));
  });

  it("gives the focus to the next file when one is deleted", async () => {
    await showFiles([file("a"), file("b")]);
    network.on("DELETE /storage/api/v1/files/a", new Response(null, { status: 204 }));
    network.on("DELETE /storage/api/v1/files/b", new Response(null, { status: 204 }));
    await choose("Delete");
    await vi.waitFor(() => onPage(".v-dialog form").dispatchEvent(new Event("submit")));
    await vi.waitFor(() => expect(document.activeElement).toBe(byLabel("More for b.txt")));
    await vi.waitFor(() => expect(document.querySelector(".v-dialog form")).toBeNull());
    byLabel("More for b.txt").click();
    await vi.waitFor(() => byText("Delete", ".v-list-item-title").click());
    await vi.waitFor(() => onPage(".v-dialog form").dispatchEvent(new Event("submit")));
    await vi.waitFor(() => expect(document.querySelectorAll("[data-file-id]")).toHaveLength(0));
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
    byLabel(`More for ${name}`).click();
    await vi.waitFor(() => byText("Delete", ".v-list-item-title").click());
    await vi.waitFor(() => expect(onPage(".v-dialog bdi").textContent).toBe(name));
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
