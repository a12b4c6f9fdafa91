import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Film, Play } from "@/api/films";
import { tokens } from "@/api/http";
import { answers } from "@/areas/films/presence";
import { serverOf, sourcesOf } from "@/areas/films/source";
import FilmsView from "@/areas/films/views/FilmsView.vue";
import FilmView from "@/areas/films/views/FilmView.vue";

import { byText, onPage, show } from "@tests/mount";
import { json, Network, refuse } from "@tests/network";

const API = "/movies/api/v1";
const FILM: Film = {
  id: "m1",
  title: "The Last City",
  year: 2024,
  genres: ["drama"],
  file_id: "f1",
  folder_id: null,
  playlist: "master.m3u8",
  poster_id: null,
  permission: "films.view",
  created_at: "2026-11-01T10:00:00Z",
  updated_at: "2026-11-01T10:00:00Z",
};
const city = (name: string) => ({
  ...{ id: name, name, city: name, zone: "z", latitude: 1, longitude: 2, state: "online" },
});
const PLAY: Play = {
  url: "http://one.example/f?sig=1",
  expires_at: "2026-11-01T10:05:00Z",
  server: city("one"),
  distance_km: 10,
  alternates: [{ server: city("two"), url: "http://two.example/f?sig=2" }],
  playlist: null,
};

let network: Network;
beforeEach(() => {
  network = new Network().on("GET /storage/api/v1/servers", json({ items: [city("one"), city("two")], next: null }));
  network.on(
    "GET /storage/api/v1/route",
    json({ place: { ip: null, city: null, latitude: 1, longitude: 2, mode: "fake" } }),
  );
  tokens.adopt({ access_token: "token-1", token_type: "Bearer", expires_in: 600 });
});

describe("films", () => {
  it("are listed with year and genres, and searched by words", async () => {
    network.on(`GET ${API}/films/search`, json({ items: [FILM], next: null }), json({ items: [], next: null }));
    show(FilmsView);
    await vi.waitFor(() => expect(onPage(".film").textContent).toContain("2024 · drama"));
    const field = onPage<HTMLInputElement>("input[type=search]");
    field.value = "nothing";
    field.dispatchEvent(new Event("input"));
    await vi.waitFor(() => byText("No film has these words in its title"));
    expect(network.to(`GET ${API}/films/search`).map(({ query }) => query.get("query"))).toEqual([null, "nothing"]);
  });

  it("are said to be none where there are none", async () => {
    network.on(`GET ${API}/films/search`, json({ items: [], next: null }));
    show(FilmsView);
    await vi.waitFor(() => byText("There are no films yet"));
  });

  it("are in the navigation only where there is a service", async () => {
    network.on("GET /movies/api/there", json({ is_there: true }), json({ is_there: false }), refuse(404, "NOT_FOUND"));
    expect([await answers(), await answers(), await answers()]).toEqual([true, false, false]);
  });
});

describe("the player", () => {
  beforeEach(() => network.on(`GET ${API}/films/m1`, json(FILM)));

  it("goes on from the next city at the same position when an address breaks", async () => {
    network.on(`GET ${API}/films/m1/play`, json(PLAY));
    show(FilmView, { id: "m1" });
    const video = onPage<HTMLVideoElement>("video");
    await vi.waitFor(() => expect(video.getAttribute("src")).toBe(PLAY.url));
    expect(onPage(".now").dataset["server"]).toBe("one");
    let position = 42;
    Object.defineProperty(video, "currentTime", { get: () => position, set: (to: number) => (position = to) });
    const played = vi.spyOn(video, "play").mockResolvedValue();
    video.dispatchEvent(new Event("play"));
    // Browsers pause what breaks.
    Object.defineProperty(video, "paused", { get: () => true });
    video.dispatchEvent(new Event("error"));
    await vi.waitFor(() => expect(onPage(".now").dataset["server"]).toBe("two"));
    expect(video.getAttribute("src")).toBe("http://two.example/f?sig=2");
    position = 0;
    video.dispatchEvent(new Event("loadedmetadata"));
    expect(position).toBe(42);
    expect(played).toHaveBeenCalledOnce();
    expect(onPage(".switched").textContent).toContain("two instead of one");
  });

  it("asks for fresh addresses when all are used up", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    network.on(
      `GET ${API}/films/m1/play`,
      json({ ...PLAY, alternates: [] }),
      json({ ...PLAY, url: "http://one.example/f?sig=9" }),
    );
    show(FilmView, { id: "m1" });
    const video = onPage<HTMLVideoElement>("video");
    await vi.waitFor(() => expect(video.getAttribute("src")).toBe(PLAY.url));
    video.dispatchEvent(new Event("error"));
    await vi.advanceTimersByTimeAsync(4_000);
    await vi.waitFor(() => expect(video.getAttribute("src")).toBe("http://one.example/f?sig=9"));
    vi.useRealTimers();
  });

  it("plays a playlist of one city by CORS where only the browser itself can", async () => {
    vi.spyOn(HTMLMediaElement.prototype, "canPlayType").mockReturnValue("maybe");
    const playlist = { url: "http://meridian.example/hls/master.m3u8?ticket=t", expires_at: PLAY.expires_at };
    network.on(`GET ${API}/films/m1/play`, json({ ...PLAY, playlist }));
    show(FilmView, { id: "m1" });
    const video = onPage<HTMLVideoElement>("video");
    await vi.waitFor(() => expect(video.getAttribute("src")).toBe(`${playlist.url}&cities=1`));
    expect(video.crossOrigin).toBe("anonymous");
  });

  it("says that the files are out of reach, and tries again", async () => {
    network.on(`GET ${API}/films/m1/play`, refuse(503, "STORAGE_UNAVAILABLE"), json(PLAY));
    show(FilmView, { id: "m1" });
    await vi.waitFor(() => byText("The film cannot be played now"));
    byText("Try again", "button").click();
    await vi.waitFor(() => expect(onPage("video").getAttribute("src")).toBe(PLAY.url));
  });
});

describe("sources", () => {
  it("are the nearest first, and tell whose a segment is", () => {
    const sources = sourcesOf(PLAY);
    expect(sources.map(({ server }) => server)).toEqual(["one", "two"]);
    expect(serverOf("http://two.example/seg?x=1", sources, "one")).toBe("two");
    expect(serverOf("http://three.example/seg", sources, "three")).toBe("three");
    expect(sourcesOf({ ...PLAY, url: null, server: null })).toHaveLength(1);
  });
});
