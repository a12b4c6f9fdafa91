import { mount } from "@vue/test-utils";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import openingEn from "@/areas/opening/texts/en";
import openingRu from "@/areas/opening/texts/ru";
import RequestPage from "@/areas/sending/RequestPage.vue";
import sendingEn from "@/areas/sending/texts/en";
import sendingRu from "@/areas/sending/texts/ru";
import { i18n, setLanguage } from "@/i18n";

import { Bucket } from "@tests/bucket";
import { json, Network, refuse } from "@tests/network";
import { CITIES } from "@tests/sample";

const AT = "/storage/api/v1/d/token-1";
const REQUEST = {
  title: "Photos of May",
  message: "All of them",
  needs_password: false,
  expires_at: null,
  max_files: 5,
  max_bytes: null,
  is_full: false,
  max_file_bytes: 1_000_000_000,
};
const FILE = { name: "a.txt", size: 5, content_type: "text/plain", state: "pending" };
const TICKET = {
  id: "u-1",
  file: FILE,
  server: CITIES[0],
  distance_km: 1,
  expires_at: "2026-11-20T10:00:00Z",
  method: "PUT",
  url: "",
  headers: {},
};

const bucket = new Bucket();
let base = "";

function open() {
  return mount(RequestPage, { props: { token: "token-1" }, global: { plugins: [i18n] }, attachTo: document.body });
}

async function choose(page: ReturnType<typeof open>, ...files: File[]) {
  const field = page.get<HTMLInputElement>("input[type=file]");
  Object.defineProperty(field.element, "files", { value: files, configurable: true });
  await field.trigger("change");
}

beforeAll(async () => void (base = await bucket.start()));
afterAll(() => bucket.stop());
beforeEach(() => {
  bucket.reset();
  for (const [language, texts] of [
    ["en", { opening: openingEn, sending: sendingEn }],
    ["ru", { opening: openingRu, sending: sendingRu }],
  ] as const) {
    const { problems, ...sending } = texts.sending;
    i18n.global.mergeLocaleMessage(language, { opening: texts.opening, sending, problems });
  }
  localStorage.clear();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the page of a file request", () => {
  it("says what is asked for, and sends files under the name of who sends them", async () => {
    const network = new Network().on(`GET ${AT}`, json(REQUEST));
    network.on(`POST ${AT}/uploads`, json({ ...TICKET, url: `${base}/a` }, {}, 201));
    network.on(`POST ${AT}/uploads/u-1/complete`, json({ ...FILE, state: "stored" }));
    const page = open();
    await vi.waitFor(() => expect(page.get("h1").text()).toBe("Photos of May"));
    expect(page.text()).toContain("at most 5 files");
    await page.get("input[name=sender]").setValue("Ann Lee");
    await choose(page, new File(["hello"], "a.txt"));
    await vi.waitFor(() => expect(page.get("[data-state]").attributes("data-state")).toBe("done"));
    const [asked] = network.to(`POST ${AT}/uploads`);
    expect(asked?.body).toMatchObject({ name: "a.txt", size: 5, sender: "Ann Lee" });
    expect(bucket.puts.map(({ path, body }) => `${path} ${body.toString()}`)).toEqual(["/a hello"]);
    expect(network.asked.every(({ headers }) => !headers.has("Authorization"))).toBe(true);
  });

  it("does not send again what had arrived though the city did not say so", async () => {
    bucket.answers.push(0);
    const network = new Network().on(`GET ${AT}`, json(REQUEST));
    network.on(`POST ${AT}/uploads`, json({ ...TICKET, url: `${base}/a` }, {}, 201));
    network.on(`DELETE ${AT}/uploads/u-1`, refuse(409, "UPLOAD_FINISHED"));
    network.on(`GET ${AT}/uploads/u-1`, json({ id: "u-1", size: 5, state: "stored", part_size: null, received: [] }));
    network.on(`POST ${AT}/uploads/u-1/complete`, json({ ...FILE, state: "stored" }));
    const page = open();
    await vi.waitFor(() => page.get("input[type=file]"));
    await choose(page, new File(["hello"], "a.txt"));
    await vi.waitFor(() => expect(page.get("[data-state]").attributes("data-state")).toBe("done"));
    expect(network.to(`POST ${AT}/uploads`)).toHaveLength(1);
  });

  it("asks for the password first, and shows its pass from then on", async () => {
    const network = new Network().on(`GET ${AT}`, json({ ...REQUEST, needs_password: true }));
    network.on(`POST ${AT}/open`, refuse(401, "WRONG_PASSWORD"), json({ pass: "pass-1", expires_at: "x" }));
    network.on(`POST ${AT}/uploads`, json({ ...TICKET, url: `${base}/a` }, {}, 201));
    network.on(`POST ${AT}/uploads/u-1/complete`, json({ ...FILE, state: "stored" }));
    const page = open();
    await vi.waitFor(() => page.get("input[name=password]"));
    const attempt = async (password: string) => {
      await page.get("input[name=password]").setValue(password);
      await page.get("form").trigger("submit");
    };
    await attempt("guess");
    await vi.waitFor(() => expect(page.get("[role=alert]").text()).toBe("This is not the password."));
    await attempt("tea at four");
    await vi.waitFor(() => page.get("input[type=file]"));
    await choose(page, new File(["hello"], "a.txt"));
    await vi.waitFor(() => expect(page.get("[data-state]").attributes("data-state")).toBe("done"));
    expect(network.to(`POST ${AT}/uploads`)[0]?.headers.get("X-Link-Pass")).toBe("pass-1");
  });

  it("says that a request is full, in Russian", async () => {
    await setLanguage("ru");
    new Network()
      .on(`GET ${AT}`, json(REQUEST), json({ ...REQUEST, is_full: true }))
      .on(`POST ${AT}/uploads`, refuse(409, "DROP_FULL", { max_files: 5 }));
    const page = open();
    await vi.waitFor(() => page.get("input[type=file]"));
    await choose(page, new File(["hello"], "a.txt"));
    await vi.waitFor(() => expect(page.get("[data-state]").text()).toContain("Больше по этому запросу не принимают"));
    await vi.waitFor(() => expect(page.find("input[type=file]").exists()).toBe(false));
  });

  it.each([
    ["DROP_NOT_FOUND", 404, "There is no such file request"],
    ["DROP_EXPIRED", 410, "The time for this request is over"],
  ])("closes when the request has ended: %s", async (code, status, words) => {
    new Network().on(`GET ${AT}`, json(REQUEST)).on(`POST ${AT}/uploads`, refuse(status, code));
    const page = open();
    await vi.waitFor(() => page.get("input[type=file]"));
    await choose(page, new File(["hello"], "a.txt"));
    await vi.waitFor(() => expect(page.get("h1").text()).toBe(words));
  });

  it("goes on with a large file where the page was closed", async () => {
    const large = new File([new Uint8Array(17 * 1024 * 1024)], "film.mkv", { lastModified: 1 });
    localStorage.setItem("meridian.sending.token-1", JSON.stringify({ [`${large.size} 1 film.mkv`]: "u-9" }));
    const received = [{ number: 1, size: 16 * 1024 * 1024, etag: "x" }];
    const progress = { id: "u-9", size: large.size, state: "pending", part_size: 16 * 1024 * 1024, received };
    const network = new Network().on(`GET ${AT}`, json(REQUEST)).on(`GET ${AT}/uploads/u-9`, json(progress));
    const part = { number: 2, size: 1024 * 1024, url: `${base}/part-2`, headers: {} };
    network.on(`POST ${AT}/uploads/u-9/parts`, json({ parts: [part] }));
    network.on(`POST ${AT}/uploads/u-9/complete`, json({ ...FILE, state: "stored" }));
    const page = open();
    await vi.waitFor(() => page.get("input[type=file]"));
    await choose(page, large);
    await vi.waitFor(() => expect(page.get("[data-state]").attributes("data-state")).toBe("done"));
    expect(network.to(`POST ${AT}/uploads/u-9/parts`).map(({ body }) => body)).toEqual([{ numbers: [2] }]);
    expect(network.to(`POST ${AT}/uploads`)).toEqual([]);
    expect(bucket.puts.map(({ path, body }) => [path, body.length])).toEqual([["/part-2", 1024 * 1024]]);
    expect(localStorage.getItem("meridian.sending.token-1")).toBeNull();
  });
});
