import { beforeEach, describe, expect, it, vi } from "vitest";
import { nextTick } from "vue";

import WorldMap from "@/areas/map/components/WorldMap.vue";

import { onPage, show } from "@tests/mount";
import { CITIES } from "@tests/sample";

const ROUTES = [{ from: "you", to: CITIES[0]?.name ?? "" }];
const YOU = { latitude: 60, longitude: 30 };

describe("what travels on the map", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  const offset = () => onPage(".traffic").getAttribute("stroke-dashoffset");
  const draw = (routes = ROUTES) => show(WorldMap, { points: CITIES, routes, you: YOU, scale: 3 });

  it("moves on by itself, apart from the land", async () => {
    draw();
    await nextTick();
    const seen = new Set<string | null>();
    for (let step = 0; step < 10; step += 1) {
      await vi.advanceTimersByTimeAsync(100);
      seen.add(offset());
    }
    expect(seen.size).toBe(10);
    expect(onPage(".traffic").closest("svg")).not.toBe(onPage(".land").closest("svg"));
  });

  it("rests for whoever wants nothing to move, and while nobody sees it", async () => {
    const still = { matches: true, addEventListener: () => undefined, removeEventListener: () => undefined };
    const asked = vi.spyOn(window, "matchMedia").mockReturnValue(still as unknown as MediaQueryList);
    draw();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(offset()).toBeNull();
    expect(asked).toHaveBeenCalledWith("(prefers-reduced-motion: reduce)");
    asked.mockRestore();
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    draw();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(offset()).toBeNull();
    hidden.mockRestore();
  });

  it("is not there when nothing travels", () => {
    draw([]);
    expect(document.querySelector(".traffic")).toBeNull();
    expect(onPage(".pin")).toBeTruthy();
  });
});
