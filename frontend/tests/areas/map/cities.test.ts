import { beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import { useFiles } from "@/areas/files/store";
import { useCities } from "@/areas/map/cities";
import WorldStrip from "@/areas/map/components/WorldStrip.vue";
import { usePlace } from "@/areas/map/place";
import { useTraffic } from "@/areas/map/useTraffic";

import { byText, onPage, show } from "@tests/mount";
import { json, Network } from "@tests/network";
import { CITIES, file, placeOf } from "@tests/sample";

const ROUTE = "GET /storage/api/v1/route";
const SERVERS = "GET /storage/api/v1/servers";
const changed = (server: string, state?: string) =>
  useCities().hear({
    type: "server.changed",
    server,
    at: "2026-11-22T12:00:00Z",
    ...(state !== undefined && { state }),
  });

describe("the world in a strip", () => {
  beforeEach(() => tokens.adopt({ access_token: "t", token_type: "Bearer", expires_in: 600 }));

  const words = () =>
    [...document.querySelectorAll(".strip [data-city]")].map((one) => one.textContent?.replace(/\s+/g, " ").trim());

  async function showStrip() {
    const network = new Network().on(ROUTE, json(placeOf("128.59.1.1", "New York")));
    show(WorldStrip);
    useCities().all = CITIES;
    await usePlace().locate();
    return network;
  }

  it("has a word for each city: where one is, how far the others are", async () => {
    await showStrip();
    await vi.waitFor(() => expect(words()[0]).toBe("New York you are here"));
    expect(words()[2]).toMatch(/^Cape Town 12,5\d\d km$/);
    expect(onPage(".short").textContent?.trim()).toBe("3 cities");
  });

  it("names what is wrong first, and tells screen readers", async () => {
    await showStrip();
    await changed("vladivostok", "offline");
    await vi.waitFor(() => expect(words()[0]).toBe("Vladivostok does not answer"));
    expect(onPage(".short").textContent?.replace(/\s+/g, " ").trim()).toBe("3 cities Vladivostok does not answer");
    expect(document.querySelector("[data-city=vladivostok] [aria-live=polite]")).not.toBeNull();
    await changed("vladivostok", "slow");
    await vi.waitFor(() => expect(words()[0]).toBe("Vladivostok is slow"));
    expect(useCities().isAway("vladivostok")).toBe(false);
  });

  it("takes the state of a city out of the event, and asks only where it does not know the city", async () => {
    const network = await showStrip();
    await changed("cape-town", "offline");
    expect(useCities().isAway("cape-town")).toBe(true);
    expect(network.to(SERVERS)).toEqual([]);
    network.on(SERVERS, json({ items: CITIES, next: null }));
    await changed("frankfurt", "online");
    expect(network.to(SERVERS)).toHaveLength(1);
    expect(useCities().isAway("cape-town")).toBe(false);
  });

  it("opens the big map", async () => {
    await showStrip();
    byText("Open the map", "button").click();
    await vi.waitFor(() => expect(onPage("[role=dialog]").textContent).toContain("Where your files live"));
  });
});

describe("the traffic on the map", () => {
  it("goes from the nearest copy to those under way, and not to cities that do not answer", async () => {
    new Network();
    show(WorldStrip);
    useCities().all = CITIES;
    useFiles().put(file("a", {}, ["ready", "wanted", "ready"]));
    const traffic = useTraffic();
    expect(traffic.value.map(({ to }) => to)).toEqual(["vladivostok"]);
    await changed("vladivostok", "offline");
    expect(traffic.value).toEqual([]);
  });
});
