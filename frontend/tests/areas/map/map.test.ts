import { beforeEach, describe, expect, it, vi } from "vitest";

import { surroundings, tokens } from "@/api/http";
import { Problem } from "@/api/problem";
import DropZone from "@/areas/map/components/DropZone.vue";
import PlaceChip from "@/areas/map/components/PlaceChip.vue";
import UploadPanel from "@/areas/uploads/components/UploadPanel.vue";
import UploadRow from "@/areas/uploads/components/UploadRow.vue";
import { useTraffic } from "@/areas/map/useTraffic";
import { useCities } from "@/areas/map/cities";
import { useFiles } from "@/areas/files/store";
import { useNotices } from "@/kit/notices";
import { usePlace } from "@/areas/map/place";
import { useUploads } from "@/areas/uploads/store";
import { newUpload } from "@/areas/uploads/upload";

import { byLabel, byText, show } from "@tests/mount";
import { json, Network } from "@tests/network";
import { CITIES, file } from "@tests/sample";

const ROUTE = "GET /storage/api/v1/route";
const place = (ip: string | null, city: string, mode = "fake") =>
  json({ place: { ip, city, country: null, latitude: 40.8, longitude: -73.97, mode }, items: [] });

beforeEach(() => {
  tokens.adopt({ access_token: "t", token_type: "Bearer", expires_in: 600 });
});

describe("the place of the client", () => {
  it("can be another one on a demo stack, and is remembered", async () => {
    const network = new Network().on(ROUTE, place(null, "Cape Town", "drawn"), place("138.40.1.1", "London"));
    show(PlaceChip);
    useCities().all = CITIES;
    await usePlace().locate();
    await vi.waitFor(() => byLabel("Where you are: Cape Town").click());
    await vi.waitFor(() => byText("London", ".v-list-item-title").click());
    await vi.waitFor(() => byLabel("Where you are: London"));
    expect(network.to(ROUTE).map(({ headers }) => headers.get("X-Fake-IP"))).toEqual([null, "138.40.1.1"]);
    expect(localStorage.getItem("meridian.fake-ip")).toBe("138.40.1.1");
    expect(usePlace().nearest?.name).toBe("new-york");
    surroundings.fakeIp = null;
  });

  it("is chosen from a list that says it is one", async () => {
    new Network().on(ROUTE, place(null, "Cape Town", "drawn"));
    show(PlaceChip);
    await usePlace().locate();
    await vi.waitFor(() => byLabel("Where you are: Cape Town").click());
    await vi.waitFor(() => expect(byText("London", "[role=option]").closest("[role=listbox]")).not.toBeNull());
  });

  it("is only told where it is real", async () => {
    new Network().on(ROUTE, place("203.0.113.5", "New York", "real"));
    show(PlaceChip);
    useCities().all = CITIES;
    await usePlace().locate();
    await vi.waitFor(() => byLabel("Where you are: New York").click());
    await vi.waitFor(() => byText("Seen as 203.0.113.5"));
    expect(document.body.textContent).not.toContain("Pretend");
  });

  it("skips cities that do not answer when it names the nearest", async () => {
    new Network().on(ROUTE, place("128.59.1.1", "New York"));
    show(PlaceChip);
    useCities().all = CITIES.map((city) => (city.name === "new-york" ? { ...city, state: "down" } : city));
    await usePlace().locate();
    expect(usePlace().nearest?.name).toBe("vladivostok");
  });
});

describe("the drop zone", () => {
  function drop(items: { kind: string; file: File; isDirectory?: boolean }[]): Event {
    const entries = items.map(({ kind, file, isDirectory = false }) => ({
      kind,
      webkitGetAsEntry: () => ({ isDirectory }),
      getAsFile: () => file,
    }));
    const event = Object.assign(new Event("drop", { bubbles: true, cancelable: true }), {
      dataTransfer: { types: ["Files"], items: entries },
    });
    window.dispatchEvent(event);
    return event;
  }

  it("takes files, leaves folders out and keeps the page from being replaced", () => {
    new Network();
    show(DropZone);
    const event = drop([
      { kind: "file", file: new File(["1"], "a.txt") },
      { kind: "file", file: new File([], "folder"), isDirectory: true },
      { kind: "string", file: new File([], "text") },
    ]);
    expect(event.defaultPrevented).toBe(true);
    expect(useUploads().items.map(({ file }) => file.name)).toEqual(["a.txt"]);
    expect(useNotices().current?.text).toContain("Folders");
  });

  it("names the city the files will go to", async () => {
    new Network().on(ROUTE, place("128.59.1.1", "New York"));
    show(DropZone);
    useCities().all = CITIES;
    await usePlace().locate();
    await vi.waitFor(() => expect(document.body.textContent).toContain("They go straight to New York"));
  });
});

describe("the cities", () => {
  const state = (name: string) => document.querySelector(`[data-city=${name}]`)?.textContent?.replace(/\s+/g, " ");

  it("are told with how far they are and whether they answer", async () => {
    new Network().on(ROUTE, place("128.59.1.1", "New York"));
    show(DropZone);
    useCities().all = CITIES.map((city) => (city.name === "vladivostok" ? { ...city, state: "down" } : city));
    await usePlace().locate();
    await vi.waitFor(() => expect(state("cape-town")).toMatch(/^Cape Town 12,5\d\d km$/));
    expect(state("vladivostok")).toBe("Vladivostok does not answer");
    expect(document.querySelector("[data-city=vladivostok] [aria-live=polite]")).not.toBeNull();
  });

  it("take no files when none of them answers, and the page says so", async () => {
    new Network().on(ROUTE, place("128.59.1.1", "New York"));
    show(DropZone);
    useCities().all = CITIES.map((city) => ({ ...city, state: "down" }));
    await vi.waitFor(() => expect(document.body.textContent).toContain("No city takes files right now"));
  });

  it("that do not answer get no traffic on the map", () => {
    new Network();
    show(DropZone);
    useCities().all = CITIES;
    useFiles().items = [file("a", {}, ["ready", "wanted", "ready"])];
    const traffic = useTraffic();
    expect(traffic.value.map(({ to }) => to)).toEqual(["vladivostok"]);
    useCities().all = CITIES.map((city) => (city.name === "vladivostok" ? { ...city, state: "down" } : city));
    expect(traffic.value).toEqual([]);
  });
});

describe("the panel of uploads", () => {
  it("comes into view when a file is added", async () => {
    new Network();
    const scrolled = vi.fn();
    Element.prototype.scrollIntoView = scrolled;
    show(UploadPanel);
    useUploads().items.push({ ...newUpload(1, new File(["x"], "a.txt")), state: "done" });
    await vi.waitFor(() => expect(scrolled).toHaveBeenCalledWith({ block: "nearest" }));
    useUploads().clearFinished();
    await new Promise((resolve) => setTimeout(resolve));
    expect(scrolled).toHaveBeenCalledTimes(1);
  });
});

describe("an upload on the page", () => {
  const text = () => document.body.textContent?.replace(/\s+/g, " ") ?? "";
  const upload = (change: object) => ({ ...newUpload(1, new File(["x".repeat(2_000)], "a.txt")), ...change });

  it("tells its city, its progress and its pace", () => {
    new Network();
    show(UploadRow, {
      upload: upload({ state: "sending", server: "cape-town", distanceKm: 12_565, sent: 500, speed: 100 }),
    });
    expect(text()).toContain("25%");
    expect(text()).toContain("To cape-town, 12,565 km");
    expect(text()).toContain("500 bytes / 2 kB · 100 byte/s · 15 sec left");
    expect(byLabel("Progress of a.txt").getAttribute("aria-valuenow")).toBe("25");
    expect(byLabel("Cancel a.txt")).toBeTruthy();
  });

  it("tells what is wrong, and offers another attempt only where it may help", () => {
    new Network();
    const failed = (code: string, facts = {}) => upload({ state: "failed", problem: new Problem(code, 413, { facts }) });
    const page = show(UploadRow, { upload: failed("FILE_TOO_LARGE", { limit: 5_368_709_120 }) });
    expect(text()).toContain("This file is too large: up to 5.4 GB are taken.");
    expect(text()).not.toContain("%");
    expect(document.querySelector('[aria-label="Try again: a.txt"]')).toBeNull();
    page.unmount();
    show(UploadRow, { upload: failed("QUOTA_EXCEEDED") });
    expect(byLabel("Try again: a.txt")).toBeTruthy();
  });

  it("tells where it landed", () => {
    new Network();
    show(UploadRow, { upload: upload({ state: "done", server: "cape-town", distanceKm: 0.4 }) });
    expect(text()).toContain("Landed in cape-town, < 1 km away");
  });
});
