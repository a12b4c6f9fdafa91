import { beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import FileList from "@/areas/files/components/FileList.vue";
import type { StoredFile } from "@/api/types";
import { setLanguage } from "@/i18n";
import { useCities } from "@/areas/map/cities";
import { useFiles } from "@/areas/files/store";

import { byLabel, byText, onPage, show } from "@tests/mount";
import { json, Network, offline, refuse } from "@tests/network";
import { CITIES, file } from "@tests/sample";

const LIST = "GET /storage/api/v1/files";

describe("the file list", () => {
  let network: Network;

  beforeEach(() => {
    network = new Network();
    tokens.adopt({ access_token: "t", token_type: "Bearer", expires_in: 600 });
  });

  async function showFiles(items: StoredFile[], next: string | null = null): Promise<void> {
    network.on(LIST, json({ items, next }));
    show(FileList);
    useCities().all = CITIES;
    await useFiles().load();
  }

  it("shows name, size, age and the state of every city", async () => {
    await showFiles([file("notes", { size: 5_242_880 }, ["ready", "copying", "failed"])]);
    const row = onPage("[data-file-id=notes]");
    expect(row.textContent?.replace(/\s/g, " ")).toContain("5.2 MB");
    const chips = [...row.querySelectorAll<HTMLElement>("[data-server]")];
    expect(chips.map(({ dataset }) => [dataset["server"], dataset["state"]])).toEqual([
      ["cape-town", "failed"],
      ["new-york", "ready"],
      ["vladivostok", "travelling"],
    ]);
    expect(chips[2]?.title).toBe("Vladivostok: the copy is on its way");
    await setLanguage("ru");
    await vi.waitFor(() => expect(chips[2]?.textContent).toContain("Владивосток"));
  });

  it("shows hostile names as text", async () => {
    const name = "<img src=x onerror=alert(1)>.txt";
    await showFiles([file("a", { name })]);
    expect(onPage("[data-file-id=a] .name").textContent).toBe(name);
    expect(document.querySelector("[data-file-id=a] img")).toBeNull();
  });

  it("says that there is nothing, and pages when there is more", async () => {
    await showFiles([]);
    expect(document.body.textContent).toContain("Nothing here yet");
    network.on(LIST, json({ items: [file("a")], next: "c" }), json({ items: [file("b")], next: null }));
    await useFiles().load();
    byText("Show more", "button").click();
    await vi.waitFor(() => expect(document.querySelectorAll("[data-file-id]")).toHaveLength(2));
    expect(document.body.textContent).not.toContain("Show more");
  });

  it("says when the server does not answer, and tries again", async () => {
    network.on(LIST, refuse(503, "DATABASE_UNAVAILABLE", {}, { "Retry-After": "7" }));
    show(FileList);
    await useFiles().load();
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

  it("gives the focus to the next file, or to the heading, when one is deleted", async () => {
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
    await vi.waitFor(() => expect(document.activeElement?.textContent).toBe("Files"));
  });

  it("tells copies that wait for a city from those under way", async () => {
    await showFiles([file("a", {}, ["ready", "wanted", "ready"])]);
    const title = (server: string) => onPage(`[data-server=${server}]`).title;
    expect(title("vladivostok")).toBe("Vladivostok: the copy is on its way");
    useCities().all = CITIES.map((city) => ({ ...city, state: city.name === "cape-town" ? "up" : "down" }));
    await vi.waitFor(() => expect(title("vladivostok")).toBe("Vladivostok: the copy waits until this city answers"));
    expect(title("new-york")).toBe("New York: a verified copy is here, but this city does not answer now");
    expect(title("cape-town")).toBe("Cape Town: a verified copy is here");
    expect(onPage("[data-server=vladivostok]").querySelector(".orbit")).toBeNull();
  });

  it("lets a name that is written from right to left begin where it begins", async () => {
    const name = "تقرير المبيعات السنوي.pdf";
    await showFiles([file("a", { name })]);
    expect(onPage("[data-file-id=a] .name").dir).toBe("auto");
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
