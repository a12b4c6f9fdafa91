// The states of films. What plays is a film that never comes: the page is looked at while it waits.

const FILMS = "**/movies/api/v1/films/search*";
const FILM = { year: 2026, genres: ["drama", "travel"], folder_id: null, poster_id: null };
const MORE = {
  file_id: "0",
  playlist: "master.m3u8",
  permission: "films.view",
  created_at: "2026-11-01T10:00:00Z",
  updated_at: "2026-11-01T10:00:00Z",
};
const TITLES = ["The Last City", "Ночь над городом", "A Very Long Title of a Film That Nobody Has Seen to Its End"];
const films = TITLES.map((title, index) => ({ id: `film-${index}`, title, ...FILM, ...MORE }));

export const FILM_STATES = [
  { name: "films", who: "full", path: "/films", ready: ".film", prepare: list(films) },
  { name: "films-none", who: "empty", path: "/films", ready: ".blank", prepare: list([]) },
  { name: "films-none-of-a-curator", who: "admin", path: "/films", ready: ".blank code", prepare: list([]) },
  { name: "film", who: "full", path: "/films/film-0", ready: ".now[data-server]", prepare: play },
  {
    name: "film-switched",
    who: "full",
    path: "/films/film-0",
    ready: ".now[data-server]",
    prepare: play,
    async reach(page) {
      await page.locator("video").dispatchEvent("error");
      await page.locator(".switched").waitFor();
    },
  },
  {
    name: "film-out-of-reach",
    who: "full",
    path: "/films/film-0",
    ready: ".words .trouble",
    async prepare(page) {
      await play(page);
      await page.route("**/films/film-0/play", refuse(503, "STORAGE_UNAVAILABLE"));
    },
  },
  {
    name: "film-not-there",
    who: "full",
    path: "/films/film-9",
    ready: "section.trouble",
    prepare: (page) => page.route("**/api/v1/films/film-9", refuse(404, "FILM_NOT_FOUND")),
  },
];

function list(items) {
  return (page) => page.route(FILMS, (route) => route.fulfill({ json: { items, next: null } }));
}

async function play(page) {
  await list(films)(page);
  await page.route("**/movies/api/v1/films/film-0", (route) => route.fulfill({ json: films[0] }));
  // Held: neither the first city nor the next ever answers.
  await page.route("**/*.mp4", () => undefined);
  await page.route("**/films/film-0/play", async (route) => {
    const { origin } = new URL(route.request().url());
    const server = (name, city) => ({ id: name, name, city, zone: "z", latitude: 0, longitude: 0, state: "online" });
    await route.fulfill({
      json: {
        url: `${origin}/one.mp4`,
        expires_at: "2027-01-01T12:00:00Z",
        server: server("new-york", "New York"),
        distance_km: 10,
        alternates: [{ server: server("vladivostok", "Vladivostok"), url: `${origin}/two.mp4` }],
        playlist: null,
      },
    });
  });
}

function refuse(status, code) {
  const body = { type: "about:blank", title: code, status, code, detail: "", request_id: "r" };
  return (route) => route.fulfill({ status, contentType: "application/problem+json", body: JSON.stringify(body) });
}
