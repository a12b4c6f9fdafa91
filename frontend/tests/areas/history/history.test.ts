import { beforeEach, describe, expect, it, vi } from "vitest";
import { defineComponent, h, ref } from "vue";
import { useRouter } from "vue-router";

import { tokens } from "@/api/http";
import type { AnyAction } from "@/api/types";
import { useSession } from "@/areas/account/session";
import { actionQuery } from "@/areas/history/useHistoryQuery";
import HistoryView from "@/areas/history/views/HistoryView.vue";
import { useCities } from "@/areas/map/cities";
import { useNotices } from "@/kit/notices";

import { byText, onPage, show } from "@tests/mount";
import { json, Network, refuse } from "@tests/network";
import { ANN, CITIES } from "@tests/sample";

const API = "/storage/api/v1";
const UPLOAD: AnyAction = {
  id: "a1",
  owner_id: "u1",
  user_id: "u1",
  event: "FILE.UPLOAD",
  object_id: "f1",
  data: { name: "plan.txt" },
  ip: "128.59.1.1",
  place: "New York (Manhattan)",
  server: "cape-town",
  link_id: null,
  created_at: "2026-11-20T10:00:00Z",
};
const OPENED: AnyAction = { ...UPLOAD, id: "a2", user_id: null, event: "LINK.OPEN", link_id: "l1" };
const PURGED: AnyAction = {
  ...{ ...UPLOAD, id: "a3", user_id: null, event: "FILE.DELETE" },
  ...{ ip: null, place: null, server: null },
};
const page = (items: object[], next: string | null = null) => json({ items, next });
const rows = () => [...document.querySelectorAll(".row")];
const said = () =>
  rows().map((row) => [".title", ".facts"].map((part) => row.querySelector(part)?.textContent.trim() ?? ""));

let network: Network;
beforeEach(() => {
  const own = [UPLOAD, OPENED, PURGED].map(({ owner_id: _, ...action }) => action);
  network = new Network().on(`GET ${API}/actions`, page(own));
  tokens.adopt({ access_token: "token-1", token_type: "Bearer", expires_in: 600 });
});

async function open(isOfAll = false, at = "/history") {
  const isThere = ref(false);
  const setup = () => {
    void useRouter()
      .isReady()
      .then(() => (isThere.value = true));
    return () => (isThere.value ? h(HistoryView, { isOfAll }) : null);
  };
  show(defineComponent({ setup }), {}, at);
  useSession().profile = ANN;
  useCities().all = CITIES;
  await vi.waitFor(() => expect(isThere.value).toBe(true));
}

describe("the history", () => {
  it("says who did what, from where, by which city", async () => {
    await open();
    await vi.waitFor(() => expect(rows()).toHaveLength(3));
    expect(said()).toEqual([
      ["Uploaded plan.txt", "you · in New York · by the city Cape Town · 128.59.1.1"],
      [
        "Downloaded plan.txt by a link",
        "somebody without an account · in New York · by the city Cape Town · 128.59.1.1",
      ],
      ["Deleted plan.txt for ever", "Meridian itself"],
    ]);
  });

  it("tells of file requests, and is narrowed to them", async () => {
    const received = { ...UPLOAD, id: "a4", user_id: null, event: "DROP.UPLOAD", link_id: "r1", server: null };
    network.on(
      `GET ${API}/actions`,
      page([{ ...received, data: { name: "one.pdf", title: "Reports", sender: "Eva" } }]),
    );
    await open();
    await vi.waitFor(() => expect(said()[0]?.[0]).toBe("Received one.pdf by the request Reports"));
    expect(said()[0]?.[1]).toContain("from Eva");
    expect(said()[0]?.[1]).not.toContain("by a link");
    const choices = [...onPage<HTMLSelectElement>(".filters select").options].map(({ value }) => value);
    expect(choices).toContain("DROP");
  });

  it("says where a link leads to", async () => {
    const made = { ...UPLOAD, event: "LINK.CREATE", link_id: "l1", server: null, place: null, ip: null };
    const line = (id: string, target: string | null) => ({ ...made, id, data: { name: "For Bob", target } });
    network.on(`GET ${API}/actions`, page([line("a6", "plan.txt"), line("a7", null)]));
    await open();
    await vi.waitFor(() => expect(rows()).toHaveLength(2));
    expect(said().map(([, facts]) => facts)).toEqual(["you · to plan.txt", "you"]);
  });

  it("names those who got or lost access", async () => {
    const id = "01234567-89ab-7cde-8f01-23456789abcd";
    const { owner_id: _, ...own } = UPLOAD;
    const grant = { ...own, server: null, place: null, ip: null };
    const data = { name: "May", user_id: id, access: "write" };
    network
      .on("POST /auth/api/v1/people/names", json({ items: [{ ...ANN, id, first_name: "Ben", last_name: "Ray" }] }))
      .on(
        `GET ${API}/actions`,
        page([
          { ...grant, id: "a6", event: "GRANT.CREATE", data },
          { ...grant, id: "a7", event: "GRANT.CHANGE", data: { ...data, access: "read" } },
          { ...grant, id: "a8", event: "GRANT.DELETE", user_id: id, data },
        ]),
      );
    await open();
    await vi.waitFor(() => expect(rows()).toHaveLength(3));
    expect(said()).toEqual([
      ["Shared May with Ben Ray", "you · with the right to change it"],
      ["Changed what Ben Ray may do with May", "you"],
      ["Stopped sharing May with Ben Ray", "Ben Ray"],
    ]);
    expect(network.to("POST /auth/api/v1/people/names").map(({ body }) => body)).toEqual([{ ids: [id] }]);
  });

  it("says what it has no words for by its name, and keeps braces that people typed", async () => {
    const odd = { ...UPLOAD, id: "a4", event: "FILE.POLISH" };
    network.on(`GET ${API}/actions`, page([odd, { ...UPLOAD, id: "a5", data: { name: "{folder} | x.txt" } }]));
    await open();
    await vi.waitFor(() => expect(rows()).toHaveLength(2));
    expect(said().map(([title]) => title)).toEqual(["FILE.POLISH", "Uploaded {folder} | x.txt"]);
  });

  it("goes on by pages, and is narrowed by the address", async () => {
    network.on(`GET ${API}/actions`, page([UPLOAD], "c1"), page([OPENED]), page([]));
    await open(false, "/history?since=2026-11-01");
    await vi.waitFor(() => byText("Show more", "button").click());
    await vi.waitFor(() => expect(rows()).toHaveLength(2));
    const select = onPage<HTMLSelectElement>("select");
    select.value = "FILE.DOWNLOAD";
    select.dispatchEvent(new Event("change", { bubbles: true }));
    await vi.waitFor(() => expect(byText("Nothing matches", "h2")).toBeTruthy());
    const asked = network.to(`GET ${API}/actions`).map(({ query }) => Object.fromEntries(query));
    const since = new Date(2026, 10, 1).toISOString();
    expect(asked).toEqual([{ since }, { since, cursor: "c1" }, { since, event: "FILE.DOWNLOAD" }]);
    byText("Show everything", "button").click();
    await vi.waitFor(() => expect(network.to(`GET ${API}/actions`).at(-1)?.query.size).toBe(0));
  });

  it("ends with the last moment of a day", () => {
    const days = { event: "", object: "f1", user: "", since: "2026-11-20", until: "2026-12-31" };
    expect(actionQuery(days)).toMatchObject({
      object_id: "f1",
      since: new Date(2026, 10, 20).toISOString(),
      until: new Date(2027, 0, 1).toISOString(),
    });
  });

  it("is saved as it is asked for, or says why not", async () => {
    network.on(`GET ${API}/actions/export`, refuse(503, "DATABASE_UNAVAILABLE"), new Response("{}\n"));
    const save = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
    await open(false, "/history?event=FILE");
    await vi.waitFor(() => byText("Save as CSV", "button").click());
    await vi.waitFor(() => expect(useNotices().current?.kind).toBe("error"));
    expect(save).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(byText("Save as NDJSON", "button").hasAttribute("disabled")).toBe(false));
    byText("Save as NDJSON", "button").click();
    await vi.waitFor(() => expect(save).toHaveBeenCalledTimes(1));
    expect((save.mock.contexts[0] as HTMLAnchorElement).download).toBe("history.ndjson");
    const asked = network.to(`GET ${API}/actions/export`).map(({ query }) => Object.fromEntries(query));
    expect(asked).toEqual([
      { event: "FILE", format: "csv" },
      { event: "FILE", format: "ndjson" },
    ]);
    save.mockRestore();
  });

  it("of all says whose things they are", async () => {
    const bob = { ...ANN, id: "b1", username: "bob", first_name: "Bob", last_name: "Ray" };
    network.on(`GET ${API}/admin/actions`, page([{ ...UPLOAD, owner_id: "b1" }]));
    network.on("POST /auth/api/v1/people/names", json({ items: [bob] }));
    await open(true, "/admin/history?user=u1");
    await vi.waitFor(() => expect(said()[0]?.[1]).toContain("you · of Bob Ray · in New York"));
    expect(network.to(`GET ${API}/admin/actions`)[0]?.query.get("user_id")).toBe("u1");
    expect(document.body.textContent).not.toContain("Save as CSV");
  });
});
