import { beforeEach, describe, expect, it, vi } from "vitest";
import { defineComponent, h, nextTick } from "vue";

import { tokens } from "@/api/http";
import type { Folder, LiveEvent, Usage } from "@/api/types";
import { useSession } from "@/areas/account/session";
import TrashView from "@/areas/trash/views/TrashView.vue";
import { useNotices } from "@/kit/notices";
import { type Listener, useLive } from "@/live/store";

import { byLabel, byText, onPage, show } from "@tests/mount";
import { json, Network, refuse } from "@tests/network";
import { ANN, file } from "@tests/sample";

const API = "/storage/api/v1";
const AWAY = { trashed_at: "2026-11-20T10:00:00Z", folder: "/reports/2026" };
const LETTERS: Folder = {
  id: "d1",
  name: "letters",
  parent_id: null,
  path: "/letters",
  access: "owner",
  created_at: "2026-11-01T10:00:00Z",
  updated_at: "2026-11-20T10:00:00Z",
  trashed_at: "2026-11-20T10:00:00Z",
};
const USAGE: Usage = {
  ...{ files: 5, bytes: 9_000, reserved_bytes: 0, trashed_files: 4, trashed_bytes: 7_000 },
  ...{ old_versions_bytes: 0, max_files: null, max_bytes: null, trash_days: 30 },
};
const page = (items: object[], next: string | null = null) => json({ items, next });
const nothing = () => new Response(null, { status: 204 });
const names = () => [...document.querySelectorAll<HTMLElement>(".list-row")].map(({ dataset }) => dataset["name"]);

let network: Network;
beforeEach(() => {
  vi.setSystemTime(new Date("2026-11-22T10:00:00Z"));
  network = new Network().on(`GET ${API}/usage`, json(USAGE)).on(`GET ${API}/folders`, page([LETTERS]));
  network.on(`GET ${API}/files`, page([file("f1", AWAY), file("f2", { ...AWAY, versions: 3 })]));
  tokens.adopt({ access_token: "token-1", token_type: "Bearer", expires_in: 600 });
});

async function open(permissions = ["files.view", "files.change", "files.delete"], listeners: Listener[] = []) {
  const page = defineComponent({
    setup() {
      vi.spyOn(useLive(), "listen").mockImplementation((listener) => {
        listeners.push(listener);
        return () => undefined;
      });
      return () => h(TrashView);
    },
  });
  show(page);
  useSession().profile = { ...ANN, permissions };
  await nextTick();
}

describe("the trash", () => {
  it("says what is in it, where that was and until when it is kept", async () => {
    await open();
    await vi.waitFor(() => expect(names()).toEqual(["letters", "f1.txt", "f2.txt"]));
    await vi.waitFor(() => expect(document.body.textContent).toContain("kept for 30 days"));
    const facts = [...document.querySelectorAll(".where, .until")].map((one) => one.textContent.trim());
    expect(facts).toEqual(["Files", "in 28 days", "/reports/2026", "in 28 days", "/reports/2026", "in 28 days"]);
  });

  it("goes on with files where the folders end", async () => {
    const folders = [page([LETTERS], "c1"), page([{ ...LETTERS, id: "d2", name: "plans", path: "/a/plans" }])];
    network.on(`GET ${API}/folders`, ...folders).on(`GET ${API}/files`, page([file("f1", AWAY)], "c2"), page([]));
    await open();
    for (const most of [3, 3]) {
      await vi.waitFor(() => byText("Show more", "button").click());
      await vi.waitFor(() => expect(names()).toHaveLength(most));
    }
    expect(network.to(`GET ${API}/folders`).map(({ query }) => query.get("cursor"))).toEqual([null, "c1"]);
    expect(network.to(`GET ${API}/files`).map(({ query }) => query.get("cursor"))).toEqual([null, "c2"]);
    await vi.waitFor(() => expect(document.querySelector(".foot")).toBeNull());
  });

  it("gives a file back, and takes it again when that is undone", async () => {
    network.on(`POST ${API}/files/f1/restore`, json(file("f1", { folder: "/reports/2026" })));
    network.on(`POST ${API}/files/f1/trash`, json(file("f1", AWAY)));
    await open();
    await vi.waitFor(() => byLabel("Restore f1.txt").click());
    await vi.waitFor(() => expect(names()).toEqual(["letters", "f2.txt"]));
    await vi.waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("Restore f2.txt"));
    expect(useNotices().current?.text).toBe("f1.txt is back in /reports/2026.");
    useNotices().current?.action?.run();
    await vi.waitFor(() => expect(names()).toEqual(["letters", "f1.txt", "f2.txt"]));
    expect(network.to(`POST ${API}/files/f1/trash`)).toHaveLength(1);
  });

  it("lets go of what is gone meanwhile, and says so", async () => {
    network.on(`POST ${API}/files/f1/restore`, refuse(404, "FILE_NOT_FOUND"));
    await open();
    await vi.waitFor(() => byLabel("Restore f1.txt").click());
    await vi.waitFor(() => expect(names()).toEqual(["letters", "f2.txt"]));
    expect(useNotices().current?.text).toBe("This file is no longer here.");
  });

  it("says in numbers what is lost before it deletes", async () => {
    network.on(`DELETE ${API}/folders/d1`, nothing());
    await open();
    await vi.waitFor(() => byLabel("Delete f2.txt for ever").click());
    await vi.waitFor(() => expect(onPage("[role=dialog] p").textContent).toContain("1 kB"));
    expect(onPage("[role=dialog] p").textContent).toContain("older versions (3 in all)");
    byText("Keep it", "button").click();
    await vi.waitFor(() => expect(document.querySelector("[role=dialog]")).toBeNull());
    network.on(`GET ${API}/files`, page([file("f8", { size: 2_000 }), file("f9", { size: 3_000 })]));
    byLabel("Delete letters for ever").click();
    const text = "“letters” and what is in it (2 files, 5 kB) will be erased in every city.";
    await vi.waitFor(() => expect(onPage("[role=dialog] p").textContent).toContain(text));
    expect(Object.fromEntries(network.to(`GET ${API}/files`).at(-1)?.query ?? [])).toMatchObject({
      ...{ folder_id: "d1", deep: "true", trashed: "true" },
    });
    byText("Delete for ever", "button").click();
    await vi.waitFor(() => expect(names()).toEqual(["f1.txt", "f2.txt"]));
    expect(network.to(`DELETE ${API}/folders/d1`)).toHaveLength(1);
  });

  it("is emptied as a whole, in numbers", async () => {
    network.on(`DELETE ${API}/trash`, nothing());
    await open();
    await vi.waitFor(() => byText("Empty the trash", "button").click());
    await vi.waitFor(() => expect(onPage("[role=dialog] p").textContent).toContain("4 files, 7 kB"));
    network.on(`GET ${API}/folders`, page([])).on(`GET ${API}/files`, page([]));
    byText("Delete for ever", "button").click();
    await vi.waitFor(() => expect(byText("The trash is empty", "h2")).toBeTruthy());
    expect(document.body.textContent).toContain("You can take them out again for 30 days.");
    expect(document.querySelector("button.empty")).toBeNull();
  });

  it("offers nothing to whom may only look", async () => {
    await open(["files.view"]);
    await vi.waitFor(() => expect(names()).toHaveLength(3));
    expect(document.querySelectorAll(".list-row button, button.empty")).toHaveLength(0);
  });

  it("follows what is done elsewhere: what is gone goes, what is new is counted and moves nothing", async () => {
    const listeners: Listener[] = [];
    const hear = (type: string) => listeners.forEach(({ onEvent }) => onEvent?.({ type } as LiveEvent));
    await open(undefined, listeners);
    await vi.waitFor(() => expect(names()).toEqual(["letters", "f1.txt", "f2.txt"]));
    network.on(`GET ${API}/files`, page([file("f3", AWAY), file("f2", AWAY)]));
    hear("server.changed");
    hear("folder.changed");
    await vi.waitFor(() => expect(names()).toEqual(["letters", "f2.txt"]), 5_000);
    expect(network.to(`GET ${API}/files`)).toHaveLength(2);
    byText("1 new item", "button").click();
    await vi.waitFor(() => expect(names()).toEqual(["letters", "f3.txt", "f2.txt"]));
    network.on(`GET ${API}/files`, page([])).on(`GET ${API}/folders`, page([]));
    hear("file.deleted");
    await vi.waitFor(() => expect(document.body.textContent).toContain("The trash is empty"), 5_000);
    network.on(`GET ${API}/files`, page([file("f4", AWAY)]));
    hear("folder.changed");
    await vi.waitFor(() => expect(names()).toEqual(["f4.txt"]), 5_000);
  });
});
