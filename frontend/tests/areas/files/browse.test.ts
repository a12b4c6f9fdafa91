import { beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import { hearChange } from "@/areas/files/hearChanges";
import { useFiles } from "@/areas/files/store";
import { useNotices } from "@/kit/notices";

import { byLabel, byText, onPage } from "@tests/mount";
import { json, Network, refuse } from "@tests/network";
import { file, folder } from "@tests/sample";

import { BATCH, FILES, FOLDERS, holds, names, press, row, showPage } from "./list";

describe("the files and folders", () => {
  let network: Network;

  beforeEach(() => {
    network = new Network();
    tokens.adopt({ access_token: "t", token_type: "Bearer", expires_in: 600 });
  });

  const click = (id: string, more: MouseEventInit = {}) =>
    row(id).dispatchEvent(new MouseEvent("click", { bubbles: true, ...more }));
  const shows = (...wanted: string[]) => vi.waitFor(() => expect(names()).toEqual(wanted));
  const notice = () => useNotices().current;

  async function showSome(): Promise<void> {
    holds(network, [folder("Travel"), folder("Work")], [file("a"), file("b"), file("c")]);
    await showPage();
    await shows("Travel", "Work", "a.txt", "b.txt", "c.txt");
  }

  it("come with the folders first, and the way to where one is", async () => {
    await showSome();
    holds(network, [], [file("x", { folder_id: "Travel", folder: "/Travel" })]);
    network.on("GET /storage/api/v1/folders/Travel", json(folder("Travel")));
    row("Travel").dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
    await shows("x.txt");
    const steps = [...document.querySelectorAll(".path .step")].map(({ textContent }) => textContent);
    expect(steps).toEqual(["Files", "Travel"]);
    expect(network.to(FILES).at(-1)?.query.get("folder_id")).toBe("Travel");
    expect(network.to(FOLDERS).at(-1)?.query.get("parent_id")).toBe("Travel");
    holds(network, [folder("Travel"), folder("Work")], [file("a"), file("b"), file("c")]);
    press("Backspace");
    await shows("Travel", "Work", "a.txt", "b.txt", "c.txt");
  });

  it("are opened, chosen and left by keys alone", async () => {
    await showSome();
    press("ArrowDown");
    press("ArrowDown", { shiftKey: true });
    await vi.waitFor(() => expect(onPage(".bar .count").textContent).toBe("2 selected"));
    expect(onPage("[role=grid]").getAttribute("aria-activedescendant")).toBe("entry-Work");
    press("a", { ctrlKey: true });
    await vi.waitFor(() => expect(document.querySelectorAll("[aria-selected=true]")).toHaveLength(5));
    press("Escape");
    await vi.waitFor(() => expect(document.querySelectorAll("[aria-selected=true]")).toHaveLength(0));
    holds(network, [], []);
    network.on("GET /storage/api/v1/folders/Work", json(folder("Work")));
    press("Enter");
    await vi.waitFor(() => expect(document.body.textContent).toContain("This folder is empty"));
  });

  it("say that a folder is not there any more", async () => {
    network.on(FOLDERS, refuse(404, "FOLDER_NOT_FOUND")).on(FILES, refuse(404, "FOLDER_NOT_FOUND"));
    await showPage("/folders/lost");
    await vi.waitFor(() => expect(document.body.textContent).toContain("This folder is no longer here"));
  });

  it("go to the trash at once, and come back", async () => {
    await showSome();
    click("Work");
    click("b", { ctrlKey: true });
    network.on(BATCH, json({ done: ["Work", "b"], failed: [] }));
    press("Delete");
    await shows("Travel", "a.txt", "c.txt");
    expect(network.to(BATCH)[0]?.body).toEqual({ action: "trash", files: ["b"], folders: ["Work"] });
    expect(notice()?.text).toBe("2 items are in the trash.");
    press("z", { ctrlKey: true });
    await shows("Travel", "Work", "a.txt", "b.txt", "c.txt");
    expect(network.to(BATCH)[1]?.body).toMatchObject({ action: "restore", files: ["b"], folders: ["Work"] });
  });

  it("say which of them stayed where it was, and why", async () => {
    await showSome();
    click("a");
    click("b", { shiftKey: true });
    const failed = [{ id: "b", code: "FILE_EXISTS" }];
    network.on(BATCH, json({ done: ["a"], failed }));
    press("x", { ctrlKey: true });
    await vi.waitFor(() => expect(row("a").classList).toContain("cut"));
    holds(network, [], []);
    network.on("GET /storage/api/v1/folders/Travel", json(folder("Travel")));
    row("Travel").dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
    await vi.waitFor(() => expect(document.body.textContent).toContain("This folder is empty"));
    press("v", { ctrlKey: true });
    await shows("a.txt");
    expect(network.to(BATCH)[0]?.body).toEqual({ action: "move", files: ["a", "b"], folders: [], folder_id: "Travel" });
    expect(notice()?.text).toBe(
      "“a.txt” is now in “Travel”. “b.txt” was not changed: There is already a file with this name.",
    );
    network.on(BATCH, json({ done: ["a"], failed: [] }));
    notice()?.action?.run();
    await vi.waitFor(() => expect(names()).toEqual([]));
    expect(network.to(BATCH)[1]?.body).toEqual({ action: "move", files: ["a"], folders: [], folder_id: null });
  });

  it("are dragged onto a folder", async () => {
    await showSome();
    click("a");
    network.on(BATCH, json({ done: ["a"], failed: [] }));
    for (const [id, name] of Object.entries({ a: "dragstart", Travel: "dragover" })) {
      row(id).dispatchEvent(new Event(name, { bubbles: true, cancelable: true }));
    }
    await vi.waitFor(() => expect(row("Travel").classList).toContain("over"));
    row("Travel").dispatchEvent(new Event("drop", { bubbles: true, cancelable: true }));
    await shows("Travel", "Work", "b.txt", "c.txt");
    expect(network.to(BATCH)[0]?.body).toMatchObject({ action: "move", files: ["a"], folder_id: "Travel" });
  });

  it("are moved by a tree of folders", async () => {
    await showSome();
    click("a");
    press("Escape");
    click("a");
    byLabel("More for a.txt").click();
    await vi.waitFor(() => byText("Move to…", ".v-list-item-title").click());
    await vi.waitFor(() => onPage("[data-tree-folder=Work]").click());
    network.on(BATCH, json({ done: ["a"], failed: [] }));
    await vi.waitFor(() => expect(byText("Move here", "button")).toHaveProperty("disabled", false));
    onPage(".v-dialog form").dispatchEvent(new Event("submit"));
    await shows("Travel", "Work", "b.txt", "c.txt");
    expect(network.to(BATCH)[0]?.body).toMatchObject({ action: "move", files: ["a"], folder_id: "Work" });
  });

  it("are renamed in place, and a name that is taken is said there", async () => {
    await showSome();
    click("a");
    press("F2");
    const field = await vi.waitFor(() => onPage<HTMLInputElement>(".editor input"));
    expect([document.activeElement, field.selectionEnd]).toEqual([field, 1]);
    network.on("GET /storage/api/v1/files/a", json(file("a"), { ETag: '"1"' }));
    network.on("PATCH /storage/api/v1/files/a", refuse(409, "FILE_EXISTS"), json(file("a", { name: "z.txt" })));
    field.value = "z.txt";
    field.dispatchEvent(new Event("input"));
    press("Enter", {}, field);
    await vi.waitFor(() => expect(onPage(".editor [role=alert]").textContent).toContain("already a file"));
    press("Enter", {}, field);
    await shows("Travel", "Work", "b.txt", "c.txt", "z.txt");
  });

  it("get a new folder by a key", async () => {
    await showSome();
    press("n");
    const field = await vi.waitFor(() => onPage<HTMLInputElement>(".v-dialog input"));
    expect(field.value).toBe("New folder");
    network.on("POST /storage/api/v1/folders", json(folder("new", { name: "Photos" }), {}, 201));
    field.value = "Photos";
    field.dispatchEvent(new Event("input"));
    onPage(".v-dialog form").dispatchEvent(new Event("submit"));
    await shows("Photos", "Travel", "Work", "a.txt", "b.txt", "c.txt");
    await vi.waitFor(() => expect(row("new").getAttribute("aria-selected")).toBe("true"));
  });

  it("stay where they are when others come from elsewhere, until that is asked for", async () => {
    await showSome();
    useFiles().put(file("aa"), false);
    useFiles().put(file("ab"), false);
    await vi.waitFor(() => byText("2 new items", "button"));
    expect(names()).toHaveLength(5);
    holds(network, [folder("Travel"), folder("Work")], [file("a"), file("aa"), file("ab"), file("b"), file("c")]);
    byText("2 new items", "button").click();
    await shows("Travel", "Work", "a.txt", "aa.txt", "ab.txt", "b.txt", "c.txt");
  });

  it("stay where they are when a first folder is made elsewhere; only a list with nothing in it shows it at once", async () => {
    holds(network, [], [file("a")]);
    await showPage();
    await shows("a.txt");
    network.on(FOLDERS, json({ items: [folder("Travel")], next: null }));
    hearChange({ folder_id: null });
    await vi.waitFor(() => byText("1 new item", "button"), 5_000);
    expect(names()).toEqual(["a.txt"]);
    byText("1 new item", "button").click();
    await shows("Travel", "a.txt");
  });

  it("show the first folder of an empty one at once", async () => {
    network.on("GET /storage/api/v1/folders/Work", json(folder("Work")));
    holds(network, [], []);
    await showPage("/folders/Work");
    await vi.waitFor(() => expect(document.body.textContent).toContain("This folder is empty"));
    holds(network, [folder("Inner", { parent_id: "Work", path: "/Work/Inner" })], []);
    hearChange({ folder_id: "Work" });
    await vi.waitFor(() => expect(names()).toEqual(["Inner"]), 5_000);
  });

  it("are searched below the folder, or everywhere", async () => {
    network.on("GET /storage/api/v1/folders/Travel", json(folder("Travel")));
    holds(
      network,
      [folder("Maps", { parent_id: "x", path: "/Travel/x/Maps" })],
      [file("m", { name: "map.pdf", folder: "/Travel/x" })],
    );
    await showPage("/folders/Travel?q=map");
    await shows("Maps", "map.pdf");
    const last = () => Object.fromEntries(network.to(FILES).at(-1)?.query ?? []);
    expect(last()).toMatchObject({ q: "map", folder_id: "Travel", deep: "true" });
    const folders = network.to("GET /storage/api/v1/folders").at(-1)?.query ?? [];
    expect(Object.fromEntries(folders)).toMatchObject({ q: "map", parent_id: "Travel" });
    for (const id of ["m", "Maps"]) expect(row(id).textContent).toContain("/Travel/x");
    await vi.waitFor(() => onPage<HTMLInputElement>("input[value=everywhere]").click());
    await vi.waitFor(() => expect(last()).not.toHaveProperty("folder_id"));
  });
});
