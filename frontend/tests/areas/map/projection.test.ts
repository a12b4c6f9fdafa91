import { describe, expect, it } from "vitest";
import { land } from "virtual:land";

import { HEIGHT as SHOWN_HEIGHT, spotOf, WIDTH as SHOWN_WIDTH } from "@/areas/map/projection";

import { HEIGHT, projection, WIDTH } from "../../../land";

describe("the map", () => {
  it.each([
    [0, 0],
    [40.7, -74],
    [43.1, 131.9],
    [-33.9, 18.4],
    [72, -168],
    [-50, 178],
  ])("puts %d, %d where its continents are drawn", (latitude, longitude) => {
    const [x, y] = projection([longitude, latitude]) ?? [];
    expect(spotOf({ latitude, longitude }).x).toBeCloseTo(x ?? 0, 6);
    expect(spotOf({ latitude, longitude }).y).toBeCloseTo(y ?? 0, 6);
  });

  it("has land that fits its frame and few bytes", () => {
    expect(land.path).toMatch(/^(M-?\d+ -?\d+l[-\d ]+z)+$/);
    expect(land.path.length).toBeLessThan(24_000);
    const starts = [...land.path.matchAll(/M(-?\d+) /g)].map(([, x]) => Number(x));
    expect(Math.min(...starts)).toBeGreaterThan(-WIDTH / 10);
    expect(Math.max(...starts)).toBeLessThan(WIDTH * 1.1);
    expect([SHOWN_WIDTH, SHOWN_HEIGHT]).toEqual([WIDTH, HEIGHT]);
  });
});
