import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import { useSession } from "@/areas/account/session";
import UsageBar from "@/areas/quotas/components/UsageBar.vue";
import UsageMark from "@/areas/quotas/components/UsageMark.vue";
import { fieldsOf, fullness, limitsOf } from "@/areas/quotas/limits";
import QuotasView from "@/areas/quotas/views/QuotasView.vue";
import { useNotices } from "@/kit/notices";
import { useLive } from "@/live/store";

import { LIVE, Stream } from "@tests/live/stream";
import { byLabel, byText, onPage, show } from "@tests/mount";
import { json, Network } from "@tests/network";
import { ANN } from "@tests/sample";

const API = "/storage/api/v1";
const NOTHING = {
  files: 3,
  bytes: 0,
  reserved_bytes: 0,
  trashed_files: 0,
  trashed_bytes: 0,
  old_versions_bytes: 0,
  max_files: null,
  max_bytes: null,
  trash_days: 30,
};

let network: Network;
afterEach(() => vi.useRealTimers());
beforeEach(() => {
  network = new Network();
  tokens.adopt({ access_token: "token-1", token_type: "Bearer", expires_in: 600 });
});

describe("the bar of what is used", () => {
  async function showBar(change: object) {
    network.on(`GET ${API}/usage`, json({ ...NOTHING, ...change }));
    show(UsageBar);
    await vi.waitFor(() => onPage(".usage"));
    return onPage(".usage");
  }

  it("says how much, and has no bar where there is no limit", async () => {
    const bar = await showBar({ bytes: 1_500_000 });
    expect(bar.textContent).toContain("1.5 MB used");
    expect(bar.querySelector("[role=progressbar]")).toBeNull();
  });

  it("counts what uploads have reserved, and warns when it is nearly full", async () => {
    const bar = await showBar({ bytes: 90e9, reserved_bytes: 2e9, max_bytes: 100e9, trashed_bytes: 5e9 });
    expect(bar.textContent).toContain("92 GB of 100 GB");
    expect(onPage("[role=progressbar]").getAttribute("aria-valuenow")).toBe("92");
    expect(onPage("[role=status]").textContent).toBe("Nearly full: 8 GB left");
    expect(byText("In the trash: 5 GB", "a").getAttribute("href")).toBe("/trash");
  });

  it("says what takes the room beside the files", async () => {
    const change = { bytes: 9e6, trashed_bytes: 2e6, old_versions_bytes: 1e6 };
    network.on(`GET ${API}/usage`, json({ ...NOTHING, ...change }));
    show(UsageBar, { hasParts: true });
    await vi.waitFor(() => onPage(".parts"));
    const parts = [...onPage(".parts").children].map(({ textContent }) => textContent);
    expect(parts).toEqual(["Older versions1 MB", "In the trash2 MB"]);
  });

  it("is a sign where the rail is narrow, with the rest in a menu", async () => {
    network.on(`GET ${API}/usage`, json({ ...NOTHING, bytes: 95e9, max_bytes: 100e9 }));
    show(UsageMark);
    await vi.waitFor(() => onPage(".mark"));
    const mark = onPage(".mark");
    expect(mark.textContent).toContain("95 GB");
    expect(mark.getAttribute("aria-label")).toBe("Room that is used: Nearly full: 5 GB left");
    mark.click();
    await vi.waitFor(() => expect(onPage(".panel").textContent).toContain("95 GB of 100 GB"));
  });

  it("says when the number of files is the nearer limit, and when nothing more goes in", async () => {
    const bar = await showBar({ bytes: 1, max_bytes: 100, files: 5, max_files: 5 });
    expect(bar.textContent).toContain("5 of 5 files");
    expect(onPage("[role=status]").textContent).toBe("Full: nothing more can be uploaded");
  });

  it("is read again once when many files have arrived", async () => {
    const stream = new Stream();
    network.on(LIVE, stream.response);
    await showBar({});
    vi.useFakeTimers();
    useLive().start();
    await vi.advanceTimersByTimeAsync(0);
    for (const id of ["a", "b", "c"]) stream.tell("file.stored", id);
    stream.tell("replica.ready", "a", "cape-town");
    await vi.advanceTimersByTimeAsync(4_000);
    expect(network.to(`GET ${API}/usage`)).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(network.to(`GET ${API}/usage`)).toHaveLength(2);
    useLive().stop();
  });
});

describe("limits", () => {
  it("take the closer of the two, and a limit of nothing is full", () => {
    const sums = { files: 9, bytes: 50, reserved_bytes: 0, max_files: 10, max_bytes: 100 };
    expect(fullness(sums)).toEqual({ of: "files", share: 0.9, left: 1 });
    expect(fullness({ ...sums, max_files: null, max_bytes: 0 })).toEqual({ of: "bytes", share: 1, left: 0 });
  });

  it("are typed in units, with a comma or a point, and empty means none", () => {
    expect(fieldsOf({ max_bytes: 2.5e9, max_files: null })).toEqual({ size: "2.5", unit: "gigabyte", files: "" });
    expect(limitsOf({ size: "2,5", unit: "gigabyte", files: "10" })).toEqual({ max_bytes: 2.5e9, max_files: 10 });
    expect(limitsOf({ size: "", unit: "terabyte", files: " " })).toEqual({ max_bytes: null, max_files: null });
    for (const files of ["-1", "many", "1.5"]) expect(limitsOf({ size: "", unit: "gigabyte", files })).toBeUndefined();
  });

  it("come back as they were, to the byte", () => {
    for (const max_bytes of [0, 1, 123_456_789, 35, 1_234_567_890_123]) {
      expect(limitsOf(fieldsOf({ max_bytes, max_files: 7 }))).toEqual({ max_bytes, max_files: 7 });
    }
  });
});

describe("the page of quotas", () => {
  const person = (user_id: string, change: object = {}) => ({ ...NOTHING, user_id, is_own: false, ...change });
  const page = (...items: object[]) => json({ items, next: null });

  async function open(...people: object[]) {
    network.on(`GET ${API}/admin/quotas`, page(...people));
    network.on(`GET ${API}/admin/quotas/default`, json({ max_bytes: 5e9, max_files: null }));
    network.on("POST /auth/api/v1/people/names", json({ items: [{ ...ANN, id: "u1" }] }));
    show(QuotasView);
    useSession().profile = { ...ANN, permissions: ["quotas.change"] };
    await vi.waitFor(() => expect(document.querySelectorAll(".list-row")).toHaveLength(people.length));
  }

  it("names people, says what they store, and what all may", async () => {
    await open(person("u1", { bytes: 2e9, max_bytes: 5e9 }), person("gone", { is_own: true, max_files: 7 }));
    const rows = [...document.querySelectorAll(".list-row")].map((row) => row.textContent);
    expect(rows[0]).toContain("Ann Lee");
    expect(rows[0]).toContain("2 GB");
    expect(rows[1]).toContain("gone");
    expect(rows[1]).toContain("7 files");
    expect(onPage(".common strong").textContent).toBe("5 GB");
  });

  it("sets limits of a person's own, and goes back to those of all", async () => {
    await open(person("u1", { is_own: true, max_bytes: 1e9 }));
    network.on(`PUT ${API}/admin/quotas/u1`, json({}));
    network.on(`DELETE ${API}/admin/quotas/u1`, new Response(null, { status: 204 }));
    byLabel("Change the limits of Ann Lee").click();
    const size = await vi.waitFor(() => onPage<HTMLInputElement>("input[name=limit_size]"));
    expect(size.value).toBe("1");
    size.value = "1.5";
    size.dispatchEvent(new Event("input", { bubbles: true }));
    size.closest("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await vi.waitFor(() => expect(useNotices().current?.text).toBe("The limits are changed."));
    expect(network.to(`PUT ${API}/admin/quotas/u1`)[0]?.body).toEqual({ max_bytes: 1.5e9, max_files: null });
    byLabel("Let the limits of all count for Ann Lee").click();
    await vi.waitFor(() => expect(network.to(`DELETE ${API}/admin/quotas/u1`)).toHaveLength(1));
    await vi.waitFor(() => expect(useNotices().current?.action).toBeTruthy());
    useNotices().current?.action?.run();
    await vi.waitFor(() => expect(network.to(`PUT ${API}/admin/quotas/u1`)).toHaveLength(2));
    expect(network.to(`PUT ${API}/admin/quotas/u1`)[1]?.body).toEqual({ max_bytes: 1e9, max_files: null });
  });
});
