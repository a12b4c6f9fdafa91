import { beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import type { Folder, Link, StoredFile } from "@/api/types";
import { useSession } from "@/areas/account/session";
import ShareDialog from "@/areas/sharing/components/ShareDialog.vue";
import { bodyOf, isLimitGood, newTerms, stateOf, termsOf } from "@/areas/sharing/terms";
import LinksView from "@/areas/sharing/views/LinksView.vue";

import { byLabel, byText, onPage, show } from "@tests/mount";
import { json, Network, refuse } from "@tests/network";
import { ANN, file, folder } from "@tests/sample";

const NOW = Date.parse("2026-11-20T10:00:00Z");
const LINK: Link = {
  id: "l1",
  name: "For Bob",
  target: { kind: "file", id: "f1", version: null, name: "plan.pdf" },
  url: null,
  has_password: true,
  expires_at: null,
  max_downloads: 5,
  downloads: 2,
  wrong_passwords: 0,
  last_opened_at: null,
  created_at: "2026-11-20T09:00:00Z",
};
const LINKS = "GET /storage/api/v1/links";
const OF_FILE = "GET /storage/api/v1/files/f1/links";
const CREATE = "POST /storage/api/v1/files/f1/links";

beforeEach(() => {
  tokens.adopt({ access_token: "token", token_type: "Bearer", expires_in: 600 });
});

describe("the terms of a link", () => {
  it("say no more than what was chosen", () => {
    expect(bodyOf(newTerms())).toEqual({ name: "", max_downloads: null, lifetime_seconds: 604_800 });
    expect(bodyOf(termsOf(LINK))).toEqual({ name: "For Bob", max_downloads: 5 });
    expect(bodyOf({ ...termsOf(LINK), lifetime: "never", dropsPassword: true, limit: "" })).toEqual({
      name: "For Bob",
      max_downloads: null,
      expires_at: null,
      password: null,
    });
  });

  it("take a whole number of downloads", () => {
    expect(["", "1", "1000000", "0", "-1", "1.5", "many", "9999999"].map(isLimitGood)).toEqual([
      ...[true, true, true],
      ...[false, false, false, false, false],
    ]);
  });

  it("tell whether it works", () => {
    const state = (change: Partial<Link>) => stateOf({ ...LINK, ...change }, NOW);
    expect(state({})).toBe("open");
    expect(state({ downloads: 5 })).toBe("used");
    expect(state({ expires_at: "2026-11-20T10:00:00Z" })).toBe("expired");
    expect(state({ target: { ...LINK.target, name: null } })).toBe("away");
  });
});

describe("the dialog that shares a file or a folder", () => {
  function open(entry: StoredFile | Folder) {
    const dialog = show(ShareDialog, { entry });
    useSession().profile = { ...ANN, permissions: ["links.create"] };
    return dialog;
  }

  it("makes a link and shows its address once", async () => {
    const network = new Network().on(OF_FILE, json({ items: [], next: null }));
    network.on(CREATE, json({ ...LINK, url: "http://meridian.test/s/secret-1" }, {}, 201));
    open(file("f1", { version: 3 }));
    await vi.waitFor(() => onPage("form#share"));
    const limit = onPage<HTMLInputElement>("input[name=limit]");
    limit.value = "5";
    limit.dispatchEvent(new Event("input"));
    onPage<HTMLInputElement>("input[type=checkbox]").click();
    await vi.waitFor(() => byText("Create link", "button").click());
    await vi.waitFor(() => expect(onPage<HTMLInputElement>(".url").value).toBe("http://meridian.test/s/secret-1"));
    expect(onPage("svg[role=img] path").getAttribute("d")?.length).toBeGreaterThan(500);
    expect(network.to(CREATE)[0]?.body).toMatchObject({ max_downloads: 5, lifetime_seconds: 604_800, version: 3 });
  });

  it("makes a link to all that is in a folder, with a limit, and pins no version", async () => {
    const network = new Network().on("GET /storage/api/v1/folders/d1/links", json({ items: [], next: null }));
    const create = "POST /storage/api/v1/folders/d1/links";
    network.on(create, json({ ...LINK, url: "http://meridian.test/s/secret-2" }, {}, 201));
    open(folder("d1"));
    const limit = await vi.waitFor(() => onPage<HTMLInputElement>("input[name=limit]"));
    expect(document.querySelector("input[type=checkbox]")).toBeNull();
    limit.value = "7";
    limit.dispatchEvent(new Event("input"));
    await vi.waitFor(() => byText("Create link", "button").click());
    await vi.waitFor(() => expect(onPage<HTMLInputElement>(".url").value).toBe("http://meridian.test/s/secret-2"));
    expect(network.to(create)[0]?.body).toEqual({ name: "", max_downloads: 7, lifetime_seconds: 604_800 });
  });

  it("says at the field that a password is needed here", async () => {
    const network = new Network().on(OF_FILE, json({ items: [], next: null }));
    network.on(CREATE, refuse(422, "VALIDATION_FAILED", { errors: { password: ["Links need a password here."] } }));
    open(file("f1"));
    await vi.waitFor(() => byText("Create link", "button").click());
    await vi.waitFor(() => byText("Links need a password here."));
    expect(document.querySelector("[role=alert] .problem")).toBeNull();
  });
});

describe("the page of links", () => {
  function open() {
    const page = show(LinksView, {}, "/links");
    useSession().profile = { ...ANN, permissions: ["links.view", "links.create", "links.delete"] };
    return page;
  }

  it("shows what each is good for, and ends one after asking", async () => {
    const network = new Network().on(LINKS, json({ items: [LINK], next: null }));
    network.on("DELETE /storage/api/v1/links/l1", new Response(null, { status: 204 }));
    const page = open();
    await vi.waitFor(() => expect(page.text()).toContain("plan.pdf"));
    expect(page.text()).toContain("2 downloads of 5");
    expect(page.text()).toContain("not used yet");
    await vi.waitFor(() => byLabel("End link For Bob").click());
    await vi.waitFor(() => byText("End link", "button").click());
    await vi.waitFor(() => byText("No links yet", "h2"));
    expect(network.to("DELETE /storage/api/v1/links/l1")).toHaveLength(1);
  });

  it("says when somebody is guessing the password", async () => {
    new Network().on(LINKS, json({ items: [{ ...LINK, wrong_passwords: 41 }], next: null }));
    const page = open();
    await vi.waitFor(() => expect(page.text()).toContain("41 wrong passwords"));
  });
});
