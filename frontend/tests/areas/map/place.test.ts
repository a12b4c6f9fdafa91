import { beforeEach, describe, expect, it, vi } from "vitest";

import { surroundings, tokens } from "@/api/http";
import { useCities } from "@/areas/map/cities";
import PlaceChip from "@/areas/map/components/PlaceChip.vue";
import { usePlace } from "@/areas/map/place";

import { byLabel, byText, show } from "@tests/mount";
import { json, Network } from "@tests/network";
import { CITIES, placeOf } from "@tests/sample";

const ROUTE = "GET /storage/api/v1/route";
const place = (ip: string | null, city: string, mode = "fake") => json(placeOf(ip, city, mode));

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
    expect(network.to("POST /auth/api/v1/refresh")[0]?.headers.get("X-Fake-IP")).toBe("138.40.1.1");
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
    useCities().all = CITIES.map((city) => (city.name === "new-york" ? { ...city, state: "offline" } : city));
    await usePlace().locate();
    expect(usePlace().nearest?.name).toBe("vladivostok");
  });
});
