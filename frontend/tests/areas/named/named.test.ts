import { beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import type { Grant, SharedThing } from "@/api/types";
import { useSession } from "@/areas/account/session";
import PeopleSection from "@/areas/named/components/PeopleSection.vue";
import SharedView from "@/areas/named/views/SharedView.vue";
import { useLive } from "@/live/store";

import { byLabel, byText, onPage, show } from "@tests/mount";
import { json, Network, refuse } from "@tests/network";
import { ANN } from "@tests/sample";

import { LIVE, Stream } from "../../live/stream";

const BOB = { id: "u2", username: "bob", first_name: "Bob", last_name: "Ray" };
const FOLDER = { kind: "folder", id: "d1", name: "plans" } as const;
const GRANT: Grant = {
  user_id: "u2",
  access: "read",
  created_at: "2026-11-20T09:00:00Z",
  updated_at: "2026-11-20T09:00:00Z",
  inherited_from: null,
};
const GRANTS = "GET /storage/api/v1/folders/d1/grants";
const GIVE = "PUT /storage/api/v1/folders/d1/grants/u2";
const END = "DELETE /storage/api/v1/folders/d1/grants/u2";
const FIND = "GET /auth/api/v1/people";
const NAMES = "POST /auth/api/v1/people/names";
const MINE = "GET /storage/api/v1/shared-with-me";

beforeEach(() => {
  tokens.adopt({ access_token: "token", token_type: "Bearer", expires_in: 600 });
});

function network(...grants: Grant[]): Network {
  const names = json({ items: [BOB] });
  return new Network().on(GRANTS, json({ items: grants, next: null })).on(NAMES, names);
}

async function name(text: string): Promise<void> {
  await vi.waitFor(() => onPage("input[name=person]"));
  const field = onPage<HTMLInputElement>("input[name=person]");
  field.value = text;
  field.dispatchEvent(new Event("input"));
  await vi.waitFor(() => expect(onPage<HTMLButtonElement>(".form button[type=submit]").disabled).toBe(false));
  onPage("form.form").dispatchEvent(new Event("submit"));
}

function choose(select: HTMLSelectElement, value: string): void {
  select.value = value;
  select.dispatchEvent(new Event("change"));
}

describe("the people a folder is shared with", () => {
  it("are found by an exact name or address, and given what was chosen", async () => {
    const net = network()
      .on(FIND, json(BOB))
      .on(GIVE, json({ ...GRANT, access: "write" }));
    show(PeopleSection, { thing: FOLDER });
    await vi.waitFor(() => byText("Nobody yet. Whoever you name finds it under “Shared with me”."));
    choose(onPage<HTMLSelectElement>(".form select"), "write");
    await vi.waitFor(() => expect(document.body.textContent).toContain("The room it takes is yours."));
    await name(" bob@example.com ");
    await vi.waitFor(() => byText("Bob Ray"));
    expect(net.to(FIND)[0]?.query.get("email")).toBe("bob@example.com");
    expect(net.to(GIVE)[0]?.body).toEqual({ access: "write" });
    expect(onPage<HTMLInputElement>("input[name=person]").value).toBe("");
  });

  it("are refused in words at the field", async () => {
    const wait = refuse(429, "TOO_MANY_ATTEMPTS", { retry_after_seconds: 12 }, { "Retry-After": "12" });
    const net = network().on(FIND, refuse(404, "USER_NOT_FOUND"), wait);
    show(PeopleSection, { thing: FOLDER });
    await name("bobb");
    await vi.waitFor(() => byText("Nobody is called exactly that here. Please check the spelling."));
    expect(onPage("input[name=person]").getAttribute("aria-invalid")).toBe("true");
    await name("bobbb");
    await vi.waitFor(() => expect(onPage("[role=alert].bad").textContent).toContain("Please wait"));
    expect(onPage<HTMLButtonElement>(".form button[type=submit]").disabled).toBe(true);
    expect(net.to(GIVE)).toHaveLength(0);
  });

  it("may do more, or nothing any more; and again after all", async () => {
    const net = network(GRANT)
      .on(GIVE, json({ ...GRANT, access: "write" }))
      .on(END, new Response(null, { status: 204 }));
    show(PeopleSection, { thing: FOLDER });
    await vi.waitFor(() => byText("Bob Ray"));
    choose(onPage<HTMLSelectElement>(".line select"), "write");
    await vi.waitFor(() => expect(net.to(GIVE)).toHaveLength(1));
    await vi.waitFor(() => byLabel("End sharing with Bob Ray").click());
    await vi.waitFor(() => expect(document.querySelector(".line")).toBeNull());
    expect(net.to(END)).toHaveLength(1);
  });

  it("are changed at the folder they come with", async () => {
    network({ ...GRANT, inherited_from: { id: "d0", name: "all plans" } });
    show(PeopleSection, { thing: FOLDER });
    await vi.waitFor(() => byText("with the folder “all plans”"));
    expect(document.querySelector(".line select")).toBeNull();
  });
});

describe("the page of what others share", () => {
  const SHARED: SharedThing = {
    kind: "folder",
    id: "d1",
    name: "plans",
    owner_id: "u2",
    access: "write",
    since: "2026-11-20T09:00:00Z",
    size: null,
    content_type: null,
    updated_at: "2026-11-20T09:00:00Z",
  };
  const FILE = { ...SHARED, kind: "file" as const, id: "f1", name: "one.pdf", access: "read" as const, size: 2_000 };

  function open(net: Network) {
    net.on(NAMES, json({ items: [BOB] }));
    const page = show(SharedView, {}, "/shared");
    useSession().profile = { ...ANN, permissions: ["files.view", "files.download", "files.share"] };
    return page;
  }

  it("says whose it is, what one may do and since when", async () => {
    const page = open(new Network().on(MINE, json({ items: [SHARED, FILE], next: null })));
    await vi.waitFor(() => expect(page.text()).toContain("Bob Ray"));
    for (const text of ["plans", "may edit", "may view", "2 kB"]) expect(page.text()).toContain(text);
    expect(onPage("[data-shared-id=d1] a").getAttribute("href")).toBe("/folders/d1");
    expect(document.querySelectorAll("[aria-label='Download one.pdf']")).toHaveLength(1);
  });

  it("follows what is shared and what is not any more", async () => {
    const empty = json({ items: [], next: null });
    const stream = new Stream();
    const net = new Network().on(MINE, json({ items: [FILE], next: null }), empty).on(LIVE, stream.response);
    const page = open(net);
    await vi.waitFor(() => expect(page.text()).toContain("one.pdf"));
    useLive().start();
    await vi.waitFor(() => expect(useLive().state).toBe("open"));
    stream.tell("access.changed", "f1", "cape-town");
    await vi.waitFor(() => byText("Nothing is shared with you", "h2"));
    useLive().stop();
  });

  it("keeps its place when there is news: all that was shown is read again before it changes", async () => {
    const [first, rest] = [json({ items: [FILE], next: "2" }), json({ items: [SHARED], next: null })];
    const renamed = json({ items: [{ ...FILE, name: "two.pdf" }], next: "2" });
    const stream = new Stream();
    const net = new Network().on(MINE, first, rest, renamed, rest).on(LIVE, stream.response);
    const page = open(net);
    await vi.waitFor(() => byText("Show more").click());
    await vi.waitFor(() => expect(page.text()).toContain("plans"));
    const row = onPage("[data-shared-id=d1]");
    useLive().start();
    await vi.waitFor(() => expect(useLive().state).toBe("open"));
    stream.tell("access.changed", "f1", "cape-town");
    await vi.waitFor(() => expect(page.text()).toContain("two.pdf"));
    expect(onPage("[data-shared-id=d1]")).toBe(row);
    expect(net.to(MINE).map(({ query }) => query.get("cursor"))).toEqual([null, "2", null, "2"]);
    useLive().stop();
  });

  it("writes over a file and renames it, where one may", async () => {
    const own = { ...FILE, access: "write" as const };
    const net = new Network().on(MINE, json({ items: [own], next: null }));
    const start = "POST /storage/api/v1/uploads";
    net
      .on("GET /storage/api/v1/files/f1", json(own))
      .on(start, refuse(413, "QUOTA_EXCEEDED"))
      .on("PATCH /storage/api/v1/files/f1", json({ ...own, name: "two.pdf" }));
    open(net);
    useSession().profile = { ...ANN, permissions: ["files.view", "files.upload", "files.share"] };
    await vi.waitFor(() => byLabel("Upload a new version of one.pdf"));
    const picker = onPage<HTMLInputElement>("[data-shared-id=f1] input[type=file]");
    Object.defineProperty(picker, "files", { value: [new File(["x"], "other name.pdf")] });
    picker.dispatchEvent(new Event("change"));
    await vi.waitFor(() => expect(net.to(start)).toHaveLength(1));
    expect(net.to(start)[0]?.body).toMatchObject({ file_id: "f1", size: 1 });
    expect(net.to(start)[0]?.body).not.toHaveProperty("on_conflict");
    byLabel("Rename one.pdf").click();
    await vi.waitFor(() => onPage("[role=dialog] input"));
    const field = onPage<HTMLInputElement>("[role=dialog] input");
    field.value = "two.pdf";
    field.dispatchEvent(new Event("input"));
    await vi.waitFor(() => expect(onPage<HTMLButtonElement>("[role=dialog] button[type=submit]").disabled).toBe(false));
    onPage("[role=dialog] form").dispatchEvent(new Event("submit"));
    await vi.waitFor(() => expect(net.to("PATCH /storage/api/v1/files/f1")[0]?.body).toEqual({ name: "two.pdf" }));
    await vi.waitFor(() => byLabel("Rename two.pdf"));
  });

  it("gives back what one does not want", async () => {
    const net = new Network().on(MINE, json({ items: [SHARED], next: null }));
    net.on("DELETE /storage/api/v1/folders/d1/grants/u1", new Response(null, { status: 204 }));
    open(net);
    await vi.waitFor(() => byLabel("Remove plans from my list").click());
    await vi.waitFor(() => byText("Nothing is shared with you", "h2"));
  });
});
