import { mount } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import LinkPage from "@/areas/opening/LinkPage.vue";
import { kindOfPreview } from "@/areas/opening/preview";
import openingEn from "@/areas/opening/texts/en";
import openingRu from "@/areas/opening/texts/ru";
import { i18n, setLanguage } from "@/i18n";

import { type Asked, json, Network, offline, refuse } from "@tests/network";
import { CITIES } from "@tests/sample";

const LOOK = "GET /storage/api/v1/s/token-1";
const OPEN = "POST /storage/api/v1/s/token-1/open";
const FILE = { kind: "file", needs_password: false, expires_at: null, name: "plan.pdf", size: 1_200_000 };
const LOCKED = { kind: "file", needs_password: true, expires_at: null };
const OPENED = {
  name: "plan.pdf",
  size: 1_200_000,
  url: "http://s3.test/one",
  server: CITIES[0],
  distance_km: 12,
  alternates: [{ server: CITIES[1], url: "http://s3.test/two" }],
  pass: "pass-1",
  expires_at: "2026-11-20T10:00:00Z",
};
const byte = () => new Response("x", { status: 206 });
const saved: string[] = [];

function open() {
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    saved.push(this.href);
  });
  return mount(LinkPage, { props: { token: "token-1" }, global: { plugins: [i18n] }, attachTo: document.body });
}

beforeEach(() => {
  i18n.global.mergeLocaleMessage("en", { opening: openingEn });
  i18n.global.mergeLocaleMessage("ru", { opening: openingRu });
});

afterEach(() => {
  saved.length = 0;
  vi.restoreAllMocks();
});

describe("the page of a link", () => {
  it("says what it is, and takes the file from the nearest city that answers", async () => {
    const network = new Network().on(LOOK, json(FILE)).on(OPEN, json(OPENED));
    network.on("GET http://s3.test/one", offline).on("GET http://s3.test/two", byte());
    const page = open();
    await vi.waitFor(() => expect(page.text()).toContain("plan.pdf"));
    expect(page.text().replaceAll("\u00a0", " ")).toContain("1.2 MB");
    expect(network.to(OPEN)).toEqual([]);
    await page.get(".download").trigger("click");
    await vi.waitFor(() => expect(saved).toEqual(["http://s3.test/two"]));
    expect(page.text()).toContain("Your download comes from Vladivostok");
    await page.get(".download").trigger("click");
    await vi.waitFor(() => expect(network.to(OPEN)).toHaveLength(2));
    expect(network.to(OPEN).map(({ headers }) => headers.get("X-Link-Pass"))).toEqual([null, "pass-1"]);
    expect(network.asked.every(({ headers }) => !headers.has("Authorization"))).toBe(true);
  });

  it("asks for the password, says that one is wrong, and counts down where one has to wait", async () => {
    const network = new Network().on(LOOK, json(LOCKED));
    network.on(OPEN, refuse(401, "WRONG_PASSWORD"), refuse(429, "TOO_MANY_ATTEMPTS", {}, { "Retry-After": "9" }));
    const page = open();
    await vi.waitFor(() => page.get("input[name=password]"));
    const attempt = async (password: string) => {
      await page.get("input[name=password]").setValue(password);
      await page.get("form").trigger("submit");
    };
    await attempt("guess");
    await vi.waitFor(() => expect(page.get("[role=alert]").text()).toBe("This is not the password."));
    await attempt("another");
    await vi.waitFor(() => expect(page.get("[role=alert]").text()).toContain("9 sec"));
    expect(page.get("button[type=submit]").attributes("disabled")).toBeDefined();
    expect(network.to(OPEN).map(({ body }) => body)).toEqual([{ password: "guess" }, { password: "another" }]);
  });

  it.each([
    ["LINK_NOT_FOUND", 404, "This link leads nowhere"],
    ["LINK_EXPIRED", 410, "This link has expired"],
    ["FILE_TRASHED", 409, "This link leads nowhere"],
  ])("says in words that it is over: %s", async (code, status, words) => {
    new Network().on(LOOK, refuse(status, code));
    const page = open();
    await vi.waitFor(() => expect(page.get("h1").text()).toBe(words));
  });

  it("says that all downloads are taken, in Russian", async () => {
    await setLanguage("ru");
    new Network().on(LOOK, json(FILE)).on(OPEN, refuse(410, "LINK_USED_UP"));
    const page = open();
    await vi.waitFor(() => page.get(".download"));
    await page.get(".download").trigger("click");
    await vi.waitFor(() => expect(page.get("h1").text()).toBe("Ссылка исчерпана"));
  });

  it("offers to look again where nobody answers", async () => {
    new Network().on(LOOK, offline, json(FILE));
    const page = open();
    await vi.waitFor(() => page.get(".retry"));
    await page.get(".retry").trigger("click");
    await vi.waitFor(() => expect(page.text()).toContain("plan.pdf"));
  });
});

describe("the page of a link to a folder", () => {
  const FOLDER = { kind: "folder", needs_password: false, expires_at: null, name: "album", size: null };
  const ITEM = {
    id: "f-1",
    name: "a.txt",
    folder: "/",
    size: 5,
    content_type: "text/plain",
    state: "stored",
    updated_at: "2026-11-20T10:00:00Z",
  };
  const FILES = "GET /storage/api/v1/s/token-1/files";
  const OPEN_FILE = "POST /storage/api/v1/s/token-1/files/f-1/open";
  const PASS = { pass: "pass-1", expires_at: "2026-11-20T10:00:00Z", name: "album", size: null };
  const TOP = { folders: [{ name: "far", path: "/far" }], items: [ITEM], next: null };
  const BELOW = { folders: [], items: [{ ...ITEM, id: "f-2", name: "b.txt", folder: "/far" }], next: null };

  it("shows what is in it, goes into folders, and takes a file without a second count", async () => {
    const network = new Network()
      .on(LOOK, json(FOLDER))
      .on(OPEN, json(PASS))
      .on(FILES, json(TOP), json(BELOW), json(TOP));
    network.on(OPEN_FILE, json({ ...OPENED, name: "a.txt", pass: "pass-f" })).on("GET http://s3.test/one", byte());
    const page = open();
    await vi.waitFor(() => expect(page.text()).toContain("a.txt"));
    expect(network.to(FILES)[0]?.headers.get("X-Link-Pass")).toBe("pass-1");
    await page.get(".list .row").trigger("click");
    await vi.waitFor(() => expect(page.text()).toContain("b.txt"));
    expect(page.get(".crumbs").text()).toContain("far");
    await page.get(".crumbs button").trigger("click");
    await vi.waitFor(() => expect(page.text()).toContain("a.txt"));
    const take = () => page.get('[aria-label="Download a.txt"]').trigger("click");
    await take();
    await vi.waitFor(() => expect(saved).toHaveLength(1));
    await take();
    await vi.waitFor(() => expect(saved).toHaveLength(2));
    expect(network.to(OPEN_FILE).map(({ headers }) => headers.get("X-Link-Pass"))).toEqual(["pass-1", "pass-f"]);
  });

  it("shows more folders, and the files behind the last of them", async () => {
    const rest = { folders: [{ name: "near", path: "/near" }], items: [ITEM], next: null };
    const network = new Network().on(LOOK, json(FOLDER)).on(OPEN, json(PASS));
    network.on(FILES, json({ ...TOP, items: [], next: "behind-far" }), json(rest));
    const page = open();
    const rows = () => page.findAll(".list > li").map((row) => row.text());
    await vi.waitFor(() => expect(rows()).toEqual(["far"]));
    await page
      .findAll("button")
      .find((button) => button.text() === "Show more")
      ?.trigger("click");
    await vi.waitFor(() => expect(rows()).toHaveLength(3));
    expect(rows().slice(0, 2)).toEqual(["far", "near"]);
    expect(page.text()).toContain("a.txt");
    expect(page.text()).not.toContain("Show more");
    expect(network.to(FILES)[1]?.query.get("cursor")).toBe("behind-far");
  });

  it("shows the folder one went to last, whichever answer comes last", async () => {
    const answers = new Map<string | null, (answer: Response) => void>();
    const network = new Network().on(LOOK, json(FOLDER)).on(OPEN, json(PASS));
    const near = { name: "near", path: "/near" };
    network.on(FILES, json({ ...TOP, folders: [near, ...TOP.folders] }), ({ query }: Asked) => {
      return new Promise((resolve) => answers.set(query.get("path"), resolve));
    });
    const page = open();
    await vi.waitFor(() => expect(page.findAll(".list button.row")).toHaveLength(2));
    for (const folder of page.findAll(".list button.row")) await folder.trigger("click");
    await vi.waitFor(() => expect(answers.size).toBe(2));
    answers.get("/far")?.(json(BELOW));
    await vi.waitFor(() => expect(page.text()).toContain("b.txt"));
    answers.get("/near")?.(json({ ...TOP, folders: [] }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(page.get(".crumbs").text()).toContain("far");
    expect(page.text()).toContain("b.txt");
  });

  it("asks for the password first, and shows nothing before", async () => {
    const network = new Network().on(LOOK, json({ kind: "folder", needs_password: true, expires_at: null }));
    network.on(OPEN, refuse(401, "WRONG_PASSWORD"), json(PASS)).on(FILES, json(TOP));
    const page = open();
    await vi.waitFor(() => page.get("input[name=password]"));
    const attempt = async (password: string) => {
      await page.get("input[name=password]").setValue(password);
      await page.get("form").trigger("submit");
    };
    await attempt("guess");
    await vi.waitFor(() => expect(page.get("[role=alert]").text()).toBe("This is not the password."));
    expect(network.to(FILES)).toEqual([]);
    await attempt("tea at four");
    await vi.waitFor(() => expect(page.text()).toContain("a.txt"));
  });

  it("closes when the link was ended meanwhile", async () => {
    new Network().on(LOOK, json(FOLDER), refuse(404, "LINK_NOT_FOUND")).on(OPEN, json(PASS)).on(FILES, json(TOP));
    const page = open();
    await vi.waitFor(() => expect(page.text()).toContain("a.txt"));
    window.dispatchEvent(new Event("focus"));
    await vi.waitFor(() => expect(page.get("h1").text()).toBe("This link leads nowhere"));
  });

  it("stays when all downloads are taken", async () => {
    new Network()
      .on(LOOK, json(FOLDER))
      .on(OPEN, json(PASS))
      .on(FILES, json(TOP))
      .on(OPEN_FILE, refuse(410, "LINK_USED_UP"));
    const page = open();
    await vi.waitFor(() => expect(page.text()).toContain("a.txt"));
    await page.get('[aria-label="Download a.txt"]').trigger("click");
    await vi.waitFor(() => expect(page.get(".bad").text()).not.toBe(""));
    expect(page.text()).toContain("a.txt");
  });
});

describe("what may be looked at", () => {
  it("is pixels and plain text, not what a browser would run", () => {
    const kinds = ["a.JPG", "a.md", "a.svg", "a.html", "a.pdf", "a"].map((name) => kindOfPreview(name, 10));
    expect(kinds).toEqual(["picture", "text", null, null, null, null]);
    expect(kindOfPreview("a.txt", 5_000_000)).toBeNull();
  });
});
