import { describe, expect, it } from "vitest";

import { copiesOf, isSettled } from "@/areas/files/replicas";
import { FAKE_PLACES, looksLikeIp, parsePlace } from "@/areas/map/places";

import { file } from "@tests/sample";

describe("the place header", () => {
  it("tells address, city, coordinates and mode", () => {
    expect(parsePlace('ip=203.0.113.5; city="New York"; lat=40.7128; lon=-74.006; mode=fake')).toEqual({
      ip: "203.0.113.5",
      city: "New York",
      latitude: 40.7128,
      longitude: -74.006,
      mode: "fake",
    });
  });

  it("may know nothing but the address, or nothing at all", () => {
    expect(parsePlace("ip=2001:db8::1; mode=real")).toMatchObject({ ip: "2001:db8::1", city: null, latitude: null });
    expect(parsePlace("mode=drawn")).toMatchObject({ ip: null, mode: "drawn" });
    expect(parsePlace('city="a; b=c"; mode=odd')).toMatchObject({ city: "a; b=c", mode: "real" });
  });
});

describe("addresses", () => {
  it.each(["1.2.3.4", "255.255.255.255", "::1", "2001:db8::7", "::ffff:1.2.3.4"])("%s is one", (text) => {
    expect(looksLikeIp(text)).toBe(true);
  });
  it.each(["", "1.2.3", "256.1.1.1", "1.2.3.4.5", "example.org", "12345"])("“%s” is none", (text) => {
    expect(looksLikeIp(text)).toBe(false);
  });
  it("of the places to pretend are sound", () => {
    expect(FAKE_PLACES.every(({ ip }) => looksLikeIp(ip))).toBe(true);
  });
});

describe("the copies of a file", () => {
  it("come in a steady order, without those that are leaving", () => {
    const some = file("a", {}, ["ready", "copying", "erasing"]);
    expect(copiesOf(some)).toEqual([
      { server: "new-york", exact: "ready", state: "ready" },
      { server: "vladivostok", exact: "copying", state: "travelling" },
    ]);
  });

  it.each([
    [["ready", "ready", "ready"], true],
    [["ready", "ready", "gone"], true],
    [["ready", "wanted", "ready"], false],
    [["ready", "suspect", "ready"], false],
    [["ready", "failed", "ready"], false],
  ])("%j: settled is %s", (states, settled) => expect(isSettled(file("a", {}, states))).toBe(settled));

  it("of a file that has not arrived are not settled", () => {
    expect(isSettled(file("a", { state: "pending", replicas: { ready: 0, wanted: 0, servers: {} } }))).toBe(false);
  });
});
