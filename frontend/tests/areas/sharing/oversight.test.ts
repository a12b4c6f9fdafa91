import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import { useSession } from "@/areas/account/session";
import PersonSharing from "@/areas/sharing/components/PersonSharing.vue";
import ShareNews from "@/areas/sharing/components/ShareNews.vue";
import { inWords } from "@/areas/sharing/spans";
import LinkSettingsView from "@/areas/sharing/views/LinkSettingsView.vue";
import { useNotices } from "@/kit/notices";
import { useLive } from "@/live/store";

import { byText, onPage, show } from "@tests/mount";
import { json, Network } from "@tests/network";
import { ANN } from "@tests/sample";

import { LIVE, Stream } from "../../live/stream";

const API = "/storage/api/v1";
const SETTINGS = `${API}/admin/link-settings`;
const RULES = { public: true, longest_lifetime_seconds: 259_200, password_required: false };
const LINK = {
  id: "l1",
  name: "",
  target: { kind: "file", id: "f1", version: null, name: "plan.pdf" },
  ...{ url: null, has_password: true, expires_at: null, max_downloads: 5, downloads: 2, wrong_passwords: 0 },
  ...{ last_opened_at: null, created_at: "2026-11-20T09:00:00Z" },
};
const REQUEST = {
  ...{ id: "r1", folder_id: "d1", folder_name: "reports", title: "Reports", message: "", url: null },
  ...{ has_password: false, expires_at: null, max_files: null, max_bytes: null, files: 3, bytes: 1_000 },
  ...{ wrong_passwords: 0, last_received_at: null, created_at: "2026-11-20T09:00:00Z" },
};
const page = (items: object[]) => json({ items, next: null });

afterEach(() => useLive().stop());
beforeEach(() => {
  tokens.adopt({ access_token: "token", token_type: "Bearer", expires_in: 600 });
});

describe("the rules for links", () => {
  it("show what holds, and change one at a time", async () => {
    const network = new Network().on(`GET ${SETTINGS}`, json(RULES));
    network.on(`PUT ${SETTINGS}`, json({ ...RULES, public: false }));
    show(LinkSettingsView, {}, "/admin/links");
    await vi.waitFor(() => byText("3 days", "option"));
    onPage<HTMLInputElement>("input[type=checkbox]").click();
    await vi.waitFor(() => expect(network.to(`PUT ${SETTINGS}`)[0]?.body).toEqual({ ...RULES, public: false }));
    await vi.waitFor(() => expect(onPage<HTMLInputElement>("input[type=checkbox]").checked).toBe(false));
    useNotices().current?.action?.run();
    await vi.waitFor(() => expect(network.to(`PUT ${SETTINGS}`)[1]?.body).toEqual(RULES));
  });
});

describe("what a person has given out", () => {
  it("is listed, and ends at once after asking", async () => {
    const network = new Network()
      .on(`GET ${API}/admin/links`, json({ items: [LINK], requests: [REQUEST], next: null }))
      .on(`POST ${API}/admin/links/revoke`, json({ links: 1, requests: 1 }));
    show(PersonSharing, { userId: "u2" });
    await vi.waitFor(() => expect(document.body.textContent).toContain("without end · 2 downloads of 5"));
    expect(onPage("[data-given-id=r1]").textContent).toContain("Request · without end · 3 files");
    network.on(`GET ${API}/admin/links`, json({ items: [], requests: [], next: null }));
    onPage(".revoke").click();
    await vi.waitFor(() => byText("End all links and requests?", "h2"));
    byText("End all", "[role=dialog] button").click();
    await vi.waitFor(() => byText("Nothing is given out."));
    expect(network.to(`POST ${API}/admin/links/revoke`)[0]?.body).toEqual({ user_id: "u2" });
    expect(useNotices().current?.text).toBe("Ended: 1 link and 1 request");
  });
});

describe("how long something may be", () => {
  it.each([
    [31_536_000, "365 days"],
    [86_400, "1 day"],
    [43_200, "12 hours"],
    [100_000, "27 hours"],
    [600, "10 minutes"],
    [45, "45 seconds"],
  ])("of %i seconds is never said to be longer", (seconds, words) => {
    expect(inWords(seconds, "en")).toBe(words);
  });
});

describe("what is said of links and requests wherever one is", () => {
  async function hear(...told: { type: string; [field: string]: string }[]) {
    const stream = new Stream();
    new Network()
      .on(`GET ${API}/links`, page([LINK]))
      .on(`GET ${API}/drops`, page([REQUEST]))
      .on(LIVE, stream.response);
    show(ShareNews);
    useSession().profile = { ...ANN, permissions: ["links.view", "drops.create"] };
    useLive().start();
    await vi.waitFor(() => expect(useLive().state).toBe("open"));
    told.forEach((event) => stream.send(event));
    return useNotices();
  }

  it("names the file that somebody opened, and from where", async () => {
    const notices = await hear({ type: "link.opened", link_id: "l1", city: "Cape Town" });
    await vi.waitFor(() => expect(notices.current?.text).toBe("Somebody in Cape Town opened “plan.pdf”"));
  });

  it("warns when somebody guesses", async () => {
    const notices = await hear({ type: "password.guessed", link_id: "r1", city: "" });
    const text = "Somebody somewhere is guessing the password of “Reports”";
    await vi.waitFor(() => expect(notices.current?.text).toBe(text));
    expect(notices.current?.kind).toBe("error");
  });

  it("says what came by a request of mine, and nothing of those of others", async () => {
    const ofOthers = { type: "drop.received", drop_id: "r2" };
    const notices = await hear({ type: "drop.received", drop_id: "r1" }, ofOthers, ofOthers);
    await vi.waitFor(() => expect(notices.current?.text).toBe("A file came by the request “Reports”"));
    expect(notices.current?.key).toBe(1);
  });
});
