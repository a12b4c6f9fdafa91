import { beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import { Problem } from "@/api/problem";
import { useCities } from "@/areas/map/cities";
import { usePlace } from "@/areas/map/place";
import ConflictDialog from "@/areas/uploads/components/ConflictDialog.vue";
import DropCatcher from "@/areas/uploads/components/DropCatcher.vue";
import DropZone from "@/areas/uploads/components/DropZone.vue";
import UploadButton from "@/areas/uploads/components/UploadButton.vue";
import UploadRow from "@/areas/uploads/components/UploadRow.vue";
import UploadTray from "@/areas/uploads/components/UploadTray.vue";
import { useUploads } from "@/areas/uploads/store";
import { newUpload, type Upload } from "@/areas/uploads/upload";
import { useNotices } from "@/kit/notices";

import { byLabel, byText, onPage, show } from "@tests/mount";
import { json, Network } from "@tests/network";
import { CITIES, placeOf } from "@tests/sample";

const ROUTE = "GET /storage/api/v1/route";
const text = () => document.body.textContent?.replace(/\s+/g, " ") ?? "";
const upload = (change: Partial<Upload>, key = 1): Upload => ({
  ...newUpload(key, { file: new File(["x".repeat(2_000)], "a.txt"), path: "", handle: null }),
  ...change,
});

beforeEach(() => {
  tokens.adopt({ access_token: "t", token_type: "Bearer", expires_in: 600 });
});

describe("a folder that is chosen", () => {
  it("is taken with all that is in it, for whoever cannot drag", async () => {
    new Network();
    Object.defineProperty(HTMLInputElement.prototype, "webkitdirectory", { writable: true, value: false });
    show(UploadButton);
    await vi.waitFor(() => byLabel("Upload a folder"));
    const picker = onPage<HTMLInputElement>("[data-testid=choose-folder]");
    expect(picker.webkitdirectory).toBe(true);
    const files = ["trip/a.txt", "trip/days/one/b.txt"].map((path) => {
      const file = new File(["1"], path.split("/").at(-1) ?? "");
      return Object.defineProperty(file, "webkitRelativePath", { value: path });
    });
    Object.defineProperty(picker, "files", { value: files });
    picker.dispatchEvent(new Event("change"));
    const taken = () => useUploads().items.map(({ name, path }) => [path, name]);
    await vi.waitFor(() =>
      expect(taken()).toEqual([
        ["trip", "a.txt"],
        ["trip/days/one", "b.txt"],
      ]),
    );
  });
});

describe("files dropped on the page", () => {
  function drop(items: { kind: string; file: File | null }[]): Event {
    const entries = items.map(({ kind, file }) => ({
      kind,
      webkitGetAsEntry: () => ({ isDirectory: false }),
      getAsFile: () => file,
    }));
    const event = Object.assign(new Event("drop", { bubbles: true, cancelable: true }), {
      dataTransfer: { types: ["Files"], items: entries },
    });
    window.dispatchEvent(event);
    return event;
  }

  it("are taken wherever they fall, and the page is not replaced", async () => {
    new Network();
    show(DropCatcher, {}, "/");
    const event = drop([
      { kind: "file", file: new File(["1"], "a.txt") },
      { kind: "string", file: new File([], "text") },
    ]);
    expect(event.defaultPrevented).toBe(true);
    await vi.waitFor(() => expect(useUploads().items.map(({ name }) => name)).toEqual(["a.txt"]));
  });

  it("that cannot be read are told of, and do not keep the others away", async () => {
    new Network();
    show(DropCatcher, {}, "/");
    drop([
      { kind: "file", file: null },
      { kind: "file", file: new File(["1"], "a.txt") },
      { kind: "file", file: null },
    ]);
    const said = "2 files or folders could not be read and were left out";
    await vi.waitFor(() => expect(useNotices().current?.text).toBe(said));
    expect(useUploads().items.map(({ name }) => name)).toEqual(["a.txt"]);
  });

  it("are awaited visibly while they are above the page", async () => {
    new Network();
    show(DropCatcher);
    const over = (name: string) =>
      window.dispatchEvent(Object.assign(new Event(name), { dataTransfer: { types: ["Files"] } }));
    over("dragenter");
    await vi.waitFor(() => expect(onPage("[data-testid=drop-veil]").textContent).toContain("Let go to upload"));
    over("dragleave");
    await vi.waitFor(() => expect(document.querySelector("[data-testid=drop-veil]")).toBeNull());
  });
});

describe("an empty account", () => {
  it("is told which city files will go to", async () => {
    new Network().on(ROUTE, json(placeOf("128.59.1.1", "New York")));
    show(DropZone);
    useCities().all = CITIES;
    await usePlace().locate();
    await vi.waitFor(() => expect(text()).toContain("They go straight to New York"));
  });

  it("is told when no city takes files", async () => {
    new Network().on(ROUTE, json(placeOf("128.59.1.1", "New York")));
    show(DropZone);
    useCities().all = CITIES.map((city) => ({ ...city, state: "offline" }));
    await vi.waitFor(() => expect(text()).toContain("No city takes files right now"));
  });
});

describe("the tray of uploads", () => {
  async function showTray(...changes: Partial<Upload>[]) {
    new Network();
    show(UploadTray);
    useUploads().items = changes.map((change, index) => upload(change, index + 1));
    await vi.waitFor(() => onPage(".tray"));
  }

  it("tells in one line how all are doing", async () => {
    await showTray({ state: "done" }, { state: "sending", sent: 1_000, speed: 500 }, { state: "queued" });
    await vi.waitFor(() => expect(text()).toContain("Uploading 2 of 3"));
    expect(onPage(".tray > [role=progressbar]").getAttribute("aria-valuenow")).toBe("50");
  });

  it("puts what needs an eye first, and can be folded", async () => {
    await showTray(
      { state: "done", name: "done.txt" },
      { state: "failed", name: "lost.txt", problem: new Problem("X", 400) },
    );
    const names = () => [...document.querySelectorAll(".tray [title]")].map((one) => one.getAttribute("title"));
    await vi.waitFor(() => expect(names()).toEqual(["lost.txt", "done.txt"]));
    expect(onPage(".title").textContent).toBe("1 file did not arrive");
    byLabel("Show one line").click();
    await vi.waitFor(() => expect(names()).toEqual([]));
  });

  it("tells the pace of all together, also of files too small to have one", async () => {
    vi.useFakeTimers();
    new Network();
    show(UploadTray);
    useUploads().items = [upload({ state: "sending" }), upload({ state: "queued" }, 2)];
    await vi.advanceTimersByTimeAsync(1_000);
    useUploads().items = [upload({ state: "done" }), upload({ state: "sending", sent: 500 }, 2)];
    await vi.advanceTimersByTimeAsync(600);
    expect(text()).toMatch(/kB\/s · \d+ sec left/);
  });

  it("pauses all, and goes on with all", async () => {
    await showTray({ state: "queued" }, { state: "waiting" }, { state: "done" });
    byLabel("Pause all").click();
    await vi.waitFor(() => expect(text()).toContain("2 uploads are paused"));
    expect(useUploads().items.map(({ state }) => state)).toEqual(["paused", "paused", "done"]);
    byLabel("Go on with all").click();
    await vi.waitFor(() => expect(useUploads().items.filter(({ state }) => state === "paused")).toEqual([]));
  });

  it("goes by itself when all is well, and only then", async () => {
    vi.useFakeTimers();
    new Network();
    show(UploadTray);
    useUploads().items = [upload({ state: "done" }), upload({ state: "sending" }, 2)];
    await vi.advanceTimersByTimeAsync(60_000);
    expect(onPage(".title").textContent).toBe("Uploading 2 of 2");
    useUploads().items = useUploads().items.map((one) => ({ ...one, state: "done" }));
    await vi.advanceTimersByTimeAsync(100);
    expect(onPage(".title").textContent).toBe("All 2 files have arrived");
    await vi.advanceTimersByTimeAsync(8_100);
    expect(useUploads().items).toEqual([]);
  });
});

describe("an upload in the tray", () => {
  it("tells its city, its progress and its pace", () => {
    new Network();
    show(UploadRow, {
      upload: upload({ state: "sending", server: "cape-town", distanceKm: 12_565, sent: 500, speed: 100 }),
    });
    expect(text()).toContain("25%");
    expect(text()).toContain("To cape-town, 12,565 km");
    expect(text()).toContain("15 sec left");
    expect(byLabel("Progress of a.txt").getAttribute("aria-valuenow")).toBe("25");
    expect(byLabel("Cancel a.txt")).toBeTruthy();
  });

  it("tells what is wrong, and offers another attempt only where it may help", () => {
    new Network();
    const failed = (code: string, more = {}) => upload({ state: "failed", problem: new Problem(code, 413, more) });
    const page = show(UploadRow, { upload: failed("FILE_TOO_LARGE", { facts: { limit: 5_368_709_120 } }) });
    expect(text()).toContain("This file is too large: up to 5.4 GB are taken.");
    expect(text()).not.toContain("%");
    expect(document.querySelector('[aria-label="Try again: a.txt"]')).toBeNull();
    page.unmount();
    show(UploadRow, { upload: failed("QUOTA_EXCEEDED") });
    expect(byLabel("Try again: a.txt")).toBeTruthy();
  });

  it("says why a name is refused, and takes another one instead of trying again", async () => {
    new Network();
    const problem = new Problem("VALIDATION_FAILED", 422, { fields: { name: ["Must not hold control characters."] } });
    show(UploadRow, { upload: upload({ state: "failed", problem }) });
    useUploads().items = [upload({ state: "failed", problem })];
    expect(text()).toContain("This name cannot be used. Must not hold control characters.");
    expect(document.querySelector('[aria-label="Try again: a.txt"]')).toBeNull();
    byLabel("Upload under another name: a.txt").click();
    const field = await vi.waitFor(() => onPage<HTMLInputElement>(".v-dialog input"));
    expect(field.value).toBe("a.txt");
    expect(onPage(".v-dialog").textContent).toContain("Must not hold control characters.");
  });

  it("tells where it landed", () => {
    new Network();
    show(UploadRow, { upload: upload({ state: "done", server: "cape-town", distanceKm: 0.4 }) });
    expect(text()).toContain("Landed in cape-town, < 1 km away");
  });
});

describe("a name that is taken", () => {
  it("is asked about once for all files like it", async () => {
    new Network();
    show(ConflictDialog);
    const uploads = useUploads();
    uploads.items = [upload({ state: "asking" }), upload({ state: "asking", name: "b.txt" }, 2)];
    await vi.waitFor(() => expect(onPage(".v-dialog").textContent).toContain("There is already a file called “a.txt”"));
    expect(onPage(".v-dialog").textContent).toContain("Your answer counts for every file you added with it");
    byText("Do not upload", "button").click();
    await vi.waitFor(() => expect(uploads.items).toEqual([]));
  });
});
