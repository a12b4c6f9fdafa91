import { beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import FolderTree from "@/areas/files/components/FolderTree.vue";
import { hearChange } from "@/areas/files/hearChanges";

import { onPage, show } from "@tests/mount";
import { json, Network, refuse } from "@tests/network";
import { folder } from "@tests/sample";

import { FOLDERS } from "./list";

const INNER = { parent_id: "Travel", path: "/Travel/Inner" };

describe("the tree of folders", () => {
  let network: Network;

  beforeEach(() => {
    network = new Network();
    tokens.adopt({ access_token: "t", token_type: "Bearer", expires_in: 600 });
  });

  const lines = () => [...document.querySelectorAll("[data-tree-folder] bdi")].map((one) => one.textContent);
  const shows = (...names: string[]) => vi.waitFor(() => expect(lines()).toEqual(["Files", ...names]), 5_000);
  /** What is in the folders by the id of the one above. */
  const holds = (inside: Record<string, object[] | null>) =>
    network.on(FOLDERS, ({ query }) => {
      const items = inside[query.get("parent_id") ?? ""];
      return items === null ? refuse(404, "FOLDER_NOT_FOUND") : json({ items, next: null });
    });

  it("follows what is made, renamed and thrown away elsewhere, as far as it is opened", async () => {
    holds({ "": [folder("Travel"), folder("Work")], Travel: [folder("Inner", INNER)] });
    show(FolderTree, { without: ["Work"] });
    await shows("Travel");
    onPage("[data-tree-folder=Travel] .twist").dispatchEvent(new MouseEvent("click", { bubbles: true }));
    await shows("Travel", "Inner");
    network.on("GET /storage/api/v1/folders/Travel", json(folder("Travel", { name: "Trips", path: "/Trips" })));
    holds({ "": [folder("Travel", { name: "Trips" }), folder("New")], Travel: [] });
    hearChange({ folder_id: "Travel" });
    await shows("Trips", "New");
    holds({ "": [folder("New")], Travel: null });
    hearChange({ folder_id: "Travel" });
    await shows("New");
  });
});
