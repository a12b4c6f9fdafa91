import { describe, expect, it } from "vitest";

import { distanceKm } from "@/areas/map/distance";
import { SpeedMeter } from "@/areas/uploads/sending/speed";
import { formatAgo, formatDistance, formatSize, formatSpeed, formatWait } from "@/kit/formats";

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

describe("sizes", () => {
  it.each([
    [0, "0 bytes", "0 байт"],
    [1, "1 byte", "1 байт"],
    [999, "999 bytes", "999 байт"],
    [1_000, "1 kB", "1 кБ"],
    [5_242_880, "5.2 MB", "5,2 МБ"],
    [83_886_080, "84 MB", "84 МБ"],
    [1_500_000_000_000, "1.5 TB", "1,5 ТБ"],
    [9_000_000_000_000_000, "9,000 TB", "9 000 ТБ"],
  ])("%d bytes", (bytes, english, russian) => {
    expect(plain(formatSize(bytes, "en"))).toBe(english);
    expect(plain(formatSize(bytes, "ru"))).toBe(russian);
  });

  it("come per second too", () => {
    expect(plain(formatSpeed(3_200_000, "en"))).toBe("3.2 MB/s");
    expect(plain(formatSpeed(3_200_000, "ru"))).toMatch(/^3,2 МБ\/[cс]$/);
    expect(plain(formatSpeed(12, "en"))).toBe("12 byte/s");
  });
});

describe("times", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");

  it.each([
    ["2026-11-22T11:59:58Z", "now"],
    ["2026-11-22T12:00:09Z", "now"],
    ["2026-11-22T11:57:30Z", "2 min. ago"],
    ["2026-11-21T11:00:00Z", "yesterday"],
    ["2025-01-01T00:00:00Z", "last yr."],
  ])("%s is %s", (time, text) => expect(formatAgo(time, now, "en")).toBe(text));

  it("are waited in the largest fitting unit", () => {
    expect([0.2, 42, 90, 7_300].map((seconds) => plain(formatWait(seconds, "en")))).toEqual([
      "1 sec",
      "42 sec",
      "2 min",
      "3 hr",
    ]);
  });
});

describe("distances", () => {
  const newYork = { latitude: 40.7128, longitude: -74.006 };

  it("are those of the great circle", () => {
    const capeTown = { latitude: -33.9249, longitude: 18.4241 };
    expect(distanceKm(newYork, capeTown)).toBeCloseTo(12_565, 0);
    expect(distanceKm(newYork, newYork)).toBe(0);
    expect(distanceKm({ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 180 })).toBeCloseTo(20_015, 0);
  });

  it("are said without false precision", () => {
    expect(plain(formatDistance(12_551.4, "en"))).toBe("12,551 km");
    expect(plain(formatDistance(0.2, "ru"))).toBe("< 1 км");
  });
});

describe("the speed meter", () => {
  it("follows the pace calmly", () => {
    let time = 0;
    const meter = new SpeedMeter(0, () => time);
    expect(meter.sample(500)).toBe(0);
    time = 1000;
    expect(meter.sample(1000)).toBe(1000);
    time = 1100;
    expect(meter.sample(9000)).toBe(1000);
    time = 2000;
    expect(meter.sample(3000)).toBeCloseTo(1300);
  });
});
