import { describe, expect, it, vi } from "vitest";

import { useFolders } from "@/areas/files/folders";
import { filesOfFolder, readTree } from "@/areas/uploads/sending/tree";

import { type Asked, json, refuse } from "@tests/network";

import { START, uploadWorld } from "./world";

const FOLDERS = "POST /storage/api/v1/folders";
const LIST = "GET /storage/api/v1/folders";

/** What is null cannot be read. */
interface Tree {
  [name: string]: Tree | string | null;
}
/** A folder that holds this does not let itself be listed. */
const LOCKED = "locked";
const unreadable = () => new DOMException("gone", "NotFoundError");

/** A folder as browsers hand out handles of it. */
function handleOf(name: string, tree: Tree): FileSystemDirectoryHandle {
  async function* values() {
    await Promise.resolve();
    if (LOCKED in tree) throw unreadable();
    for (const [own, inside] of Object.entries(tree)) {
      if (inside === null) yield { kind: "file", name: own, getFile: () => Promise.reject(unreadable()) };
      else if (typeof inside !== "string") yield handleOf(own, inside);
      else yield { kind: "file", name: own, getFile: () => Promise.resolve(new File([inside], own)) };
    }
  }
  return { kind: "directory", name, values } as unknown as FileSystemDirectoryHandle;
}

/** The same as entries, of which a reader gives two at a time. */
function entryOf(name: string, inside: Tree | string | null): FileSystemEntry {
  if (inside === null) {
    const file = (_give: unknown, fail: (reason: DOMException) => void) => fail(unreadable());
    return { isFile: true, isDirectory: false, name, file } as unknown as FileSystemEntry;
  }
  if (typeof inside === "string") {
    const file = (give: (file: File) => void) => give(new File([inside], name));
    return { isFile: true, isDirectory: false, name, file } as unknown as FileSystemEntry;
  }
  const children = Object.entries(inside).map(([own, below]) => entryOf(own, below));
  const createReader = () => ({
    readEntries: (give: (some: unknown[]) => void, fail: (reason: DOMException) => void) =>
      LOCKED in inside ? fail(unreadable()) : give(children.splice(0, 2)),
  });
  return { isFile: false, isDirectory: true, name, createReader } as unknown as FileSystemEntry;
}

const PHOTOS: Tree = { "a.jpg": "a", 2026: { "b.jpg": "b", may: { "c.jpg": "c" }, june: {} }, "d.jpg": "d" };
const paths = (files: { path: string; file: File }[]) => files.map(({ path, file }) => `${path}/${file.name}`).sort();
const ALL = ["photos/2026/b.jpg", "photos/2026/may/c.jpg", "photos/a.jpg", "photos/d.jpg"];

describe("a dropped folder", () => {
  it("is read with all that is below it, and with handles to read it again", async () => {
    const handle = Promise.resolve(handleOf("photos", PHOTOS));
    const { files, emptyFolders } = await readTree([{ entry: null, handle, file: null }]);
    expect([paths(files), emptyFolders]).toEqual([ALL, ["photos/2026/june"]]);
    expect(files.every((one) => one.handle !== null)).toBe(true);
  });

  it("may hold files that are on no disk", async () => {
    const handle = Promise.resolve(undefined as unknown as null);
    const { files } = await readTree([{ entry: null, handle, file: new File(["a"], "a.jpg") }]);
    expect(files).toMatchObject([{ path: "", handle: null }]);
  });

  it("is read the older way, too", async () => {
    const entry = entryOf("photos", PHOTOS);
    const { files, emptyFolders } = await readTree([{ entry, handle: Promise.resolve(null), file: null }]);
    expect([paths(files), emptyFolders]).toEqual([ALL, ["photos/2026/june"]]);
  });

  it("is read but for what cannot be read, which is counted", async () => {
    const tree: Tree = {
      "a.jpg": "a",
      "bad.jpg": null,
      inner: { "worse.jpg": null },
      shut: { locked: "x" },
      "z.jpg": "z",
    };
    const handle = Promise.resolve(handleOf("photos", tree));
    const none = Promise.resolve(null);
    for (const dropped of [
      { entry: null, handle, file: null },
      { entry: entryOf("photos", tree), handle: none, file: null },
    ]) {
      const after = { entry: null, handle: none, file: new File(["b"], "b.jpg") };
      const { files, emptyFolders, unread } = await readTree([dropped, after]);
      expect(paths(files)).toEqual(["/b.jpg", "photos/a.jpg", "photos/z.jpg"]);
      expect([emptyFolders, unread]).toEqual([[], 3]);
    }
  });

  it("is known by the paths of a picker", () => {
    const picked = Object.assign(new File(["a"], "a.jpg"), { webkitRelativePath: "photos/2026/a.jpg" });
    expect(filesOfFolder([picked])).toMatchObject([{ path: "photos/2026" }]);
  });
});

describe("the folders of what is uploaded", () => {
  const world = uploadWorld();
  const at = (path: string, name: string) => ({ file: new File(["hello"], name), path, handle: null });
  const made = () => world.network.to(FOLDERS).map(({ body }) => body as { name: string; parent_id?: string });

  /** Folders as the service makes them: once each. */
  function serve(...standing: string[]): void {
    const known = new Set(standing);
    let count = 0;
    world.network.on(FOLDERS, ({ body }: Asked) => {
      const { name, parent_id: parent = "top" } = body as { name: string; parent_id?: string };
      const id = `${parent}/${name}`;
      if (known.has(id)) return refuse(409, "FOLDER_EXISTS");
      known.add(id);
      return json({ id, name }, {}, 201);
    });
    world.network.on(LIST, ({ query }: Asked) => {
      const parent = query.get("parent_id") ?? "top";
      const inside = [...known].filter((id) => id.slice(0, id.lastIndexOf("/")) === parent);
      return json({ items: inside.map((id) => ({ id, name: id.slice(id.lastIndexOf("/") + 1) })), next: null });
    });
    world.network.on(START, () => {
      count += 1;
      world.stored(`u${count}`);
      return world.given(`u${count}`);
    });
  }

  it("are made once each, below the folder that is open, empty ones too", async () => {
    serve();
    await world.add([at("p", "1"), at("p/q", "2"), at("p/q", "3"), at("", "4")], "open", ["p/none"]);
    await vi.waitFor(() => expect(world.state()).toEqual(["done", "done", "done", "done"]));
    await vi.waitFor(() => expect(made()).toHaveLength(3));
    expect(made()).toEqual(
      expect.arrayContaining([
        { name: "p", parent_id: "open" },
        { name: "q", parent_id: "open/p" },
        { name: "none", parent_id: "open/p" },
      ]),
    );
    const places = world.wishes().map(({ name, folder_id: folder }) => `${String(name)} ${String(folder)}`);
    expect(places.sort()).toEqual(["1 open/p", "2 open/p/q", "3 open/p/q", "4 open"]);
    // The page knows them, so that they are seen where they were made.
    expect([...useFolders().byId.keys()].sort()).toEqual(["open/p", "open/p/none", "open/p/q"]);
  });

  it("are found where they stand", async () => {
    serve("top/p");
    await world.add([at("p", "1")]);
    await vi.waitFor(() => expect(world.state()).toEqual(["done"]));
    expect(world.wishes()[0]).toMatchObject({ folder_id: "top/p" });
  });

  it("are made again when somebody has deleted them meanwhile", async () => {
    serve();
    await world.add([at("p", "1")]);
    await vi.waitFor(() => expect(world.state()).toEqual(["done"]));
    const { on } = world.network;
    on.call(world.network, START, refuse(404, "FOLDER_NOT_FOUND"), world.given("u1"));
    on.call(world.network, FOLDERS, json({ id: "new", name: "p" }, {}, 201));
    await world.add([at("p", "2")]);
    await vi.waitFor(() => expect(world.state()).toEqual(["done", "done"]));
    expect(world.wishes().at(-1)).toMatchObject({ folder_id: "new" });
  });

  it("that cannot be made are told of beside their files", async () => {
    serve();
    world.network.on(FOLDERS, refuse(409, "FILE_EXISTS"));
    await world.add([at("p", "1")]);
    await vi.waitFor(() => expect(world.state()).toEqual(["failed"]));
    expect(world.first().problem?.code).toBe("FOLDER_REFUSED");
  });
});
