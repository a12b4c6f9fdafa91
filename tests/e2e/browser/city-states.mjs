// The states of the pages of cities, as operators see them. What the stack of a test has no example of is
// told to the page instead.

const STORAGE = "**/storage/api/v1";
const REPORT = {
  files: 1_204,
  versions: 1_377,
  bytes: 8_300_000_000,
  sole_copies: 0,
  oldest_verification: "2026-11-25T09:12:00Z",
  newest_verification: "2026-11-26T10:00:00Z",
  signature: "b3c1d2e4f5a697887766554433221100ffeeddccbbaa99887766554433221100",
};
const RUNNING = {
  state: "running",
  files: 310,
  bytes: 2_100_000_000,
  files_total: 1_204,
  bytes_total: 8_300_000_000,
  bytes_per_second: 12_400_000,
  eta_seconds: 170,
  blockers: ["7 versions have only copies on servers that are off"],
  report: null,
};
const PROBED = {
  capabilities: { multipart: true, cors: false, if_none_match: false },
  clock_skew_seconds: 4,
  first_byte_ms: 31.4,
  bytes_per_second: 18_200_000,
};
const LETTER = {
  version_id: "0190d2f0-0000-7000-8000-0000000000a0",
  attempts: 8,
  created_at: "2026-11-26T09:00:00Z",
  next_attempt_at: "2030-01-01T00:00:00Z",
};
const ERRORS = ["403 AccessDenied", "the object read back differs from what was sent", "507 Insufficient Storage"];

const MORE = [
  { name: "frankfurt", city: "Frankfurt", zone: "europe", state: "draining", latitude: 50.1, longitude: 8.7 },
  { name: "singapore", city: "Singapore", zone: "asia", state: "inactive", latitude: 1.3, longitude: 103.8 },
  { name: "sao-paulo", city: "São Paulo", zone: "america", state: "offline", latitude: -23.6, longitude: -46.6 },
  { name: "sydney", city: "Sydney", zone: "oceania", state: "off", latitude: -33.9, longitude: 151.2 },
];

export const CITY_STATES = [
  { name: "cities-of-operator", who: "admin", path: "/cities", ready: ".number .bad", prepare: behind },
  {
    name: "city-probed",
    who: "admin",
    path: "/cities",
    ready: ".add",
    prepare: (page) => page.route(`${STORAGE}/servers/probe`, (route) => route.fulfill({ json: PROBED })),
    reach: (page) => probe(page, "[role=dialog] .found li"),
  },
  {
    name: "city-refused",
    who: "admin",
    path: "/cities",
    ready: ".add",
    prepare: (page) =>
      page.route(`${STORAGE}/servers/probe`, refuse(422, "SERVER_UNREACHABLE", { reason: "keys", server: "oslo" })),
    reach: (page) => probe(page, "[role=dialog] .bad[role=alert]"),
  },
  { name: "city", who: "admin", path: "/cities", ready: "[data-city] a", reach: (page) => openCity(page, "none") },
  {
    name: "city-health",
    who: "admin",
    path: "/cities",
    ready: "[data-city] a",
    prepare: wasAway,
    async reach(page) {
      await openCity(page, "none");
      await page.locator("[data-health]").first().scrollIntoViewIfNeeded();
    },
  },
  {
    name: "city-draining",
    who: "admin",
    path: "/cities",
    ready: "[data-city] a",
    prepare: (page) => drain(page, RUNNING),
    reach: (page) => openCity(page, "running"),
  },
  {
    name: "city-drained",
    who: "admin",
    path: "/cities",
    ready: "[data-city] a",
    prepare: (page) => drain(page, { ...RUNNING, state: "done", files: 0, bytes: 0, blockers: [], report: REPORT }),
    async reach(page) {
      await openCity(page, "done");
      await page.locator("details summary").click();
      await page.locator("dd").first().waitFor();
    },
  },
  {
    name: "city-off",
    who: "admin",
    path: "/cities",
    ready: "[data-city] a",
    prepare: (page) => change(page, { state: "off", is_on: false }),
    reach: (page) => openCity(page, "none"),
  },
  {
    name: "city-gone",
    who: "admin",
    path: "/admin/cities/0190d2f0-0000-7000-8000-0000000000ff",
    ready: ".blank",
  },
  {
    name: "city-loss",
    who: "admin",
    path: "/cities",
    ready: "[data-city] a",
    prepare: (page) => refuseRemoval(page),
    async reach(page) {
      await openCity(page, "none");
      await page.locator(".foot .remove").click();
      await page.locator("[role=dialog] button[type=submit]").click();
      await page.locator("[role=dialog] input[name=loss]").waitFor();
    },
  },
  { name: "letters", who: "admin", path: "/admin/dead-letters", ready: "[data-letter-id]", prepare: letters(ERRORS) },
  { name: "letters-none", who: "admin", path: "/admin/dead-letters", ready: ".blank", prepare: letters([]) },
];

async function openCity(page, drained) {
  await page.locator("[data-city] a").nth(1).click();
  await page.locator(`[data-drain=${drained}]`).waitFor();
}

/** There is a city in every state. */
export async function inAllStates(page) {
  await page.route(`${STORAGE}/servers`, async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    body.items[1].state = "slow";
    body.items[1].load_bytes = 125_000_000;
    const more = MORE.map((city, index) => ({ ...body.items[0], id: `more-${index}`, ...city }));
    await route.fulfill({ response, json: { ...body, items: [...body.items, ...more] } });
  });
}

/** One city is behind and slow, one has failed copies and does not answer. */
async function behind(page) {
  await inAllStates(page);
  await page.route(`${STORAGE}/admin/replication`, async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    const lag = { p50: 2.1, p95: 340, oldest: 1_900 };
    Object.assign(body.items[0], { backlog: 18_204, bytes: 91_000_000_000, lag, bytes_per_second: 4_200_000 });
    Object.assign(body.items[1], { dead_letters: 3 });
    Object.assign(body.items[2], { backlog: 41_500, bytes: 7_300_000_000, is_counting: true });
    await route.fulfill({ response, json: body });
  });
}

/** The city was away, slow and full. */
async function wasAway(page) {
  const now = Date.now();
  const states = [
    ...[["online", 20], ["offline", 23], ["online", 190], ["slow", 196], ["online", 300]],
    ...[["full", 372], ["online", 2_800], ["off", 4_100], ["online", 11_000], ["offline", 11_130]],
  ];
  const at = (minutes) => new Date(now - 60_000 * minutes).toISOString();
  const items = states.map(([state, minutes], index) => ({
    id: `0190d2f0-0000-7000-8000-0000000000b${index}`,
    state: state === "full" ? "online" : state,
    takes_writes: state !== "full",
    since: at(minutes),
    until: index === 0 ? null : at(states[index - 1][1]),
  }));
  const span = (length, count, uptime, seconds) => {
    const slices = Array.from({ length: count }, (_, slice) => {
      const from = ((count - slice) * length) / count / 60;
      const within = states.findLast(([, minutes], index) => {
        const end = index === 0 ? 0 : states[index - 1][1];
        return minutes > from - length / count / 60 && end < from && states[index][0] !== "online";
      });
      return from > 30_000 ? null : (within?.[0] ?? "online");
    });
    return { uptime, seconds, slice_seconds: length / count, slices };
  };
  const day = span(86_400, 96, 0.99791, { online: 81_540, slow: 360, full: 4_320, offline: 180 });
  const seconds = { online: 1_690_000, slow: 360, full: 4_320, off: 78_000, offline: 7_980 };
  const month = span(2_592_000, 120, 0.99531, seconds);
  await page.route(`${STORAGE}/servers/*/health*`, (route) =>
    route.fulfill({ json: { items, next: "more", day, month } }),
  );
}

async function drain(page, progress) {
  await change(page, { state: "draining", is_draining: true });
  await page.route(`${STORAGE}/servers/*/progress`, (route) => route.fulfill({ json: progress }));
}

/** Says something else of every single city, and of the second in the list. */
async function change(page, facts) {
  await page.route(`${STORAGE}/servers/*`, async (route) => {
    if (route.request().method() !== "GET") return route.fallback();
    const response = await route.fetch();
    return route.fulfill({ response, json: { ...(await response.json()), ...facts } });
  });
  await page.route(`${STORAGE}/servers`, async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    Object.assign(body.items[1], facts);
    await route.fulfill({ response, json: body });
  });
}

async function refuseRemoval(page) {
  const counts = { files: 31, versions: 34, bytes: 120_000_000 };
  await page.route(`${STORAGE}/servers/*`, (route) =>
    route.request().method() === "DELETE" ? refuse(409, "SOLE_COPIES", { counts })(route) : route.fallback(),
  );
}

async function probe(page, told) {
  await page.locator(".add").click();
  const fields = {
    city: "Oslo",
    zone: "europe",
    latitude: "59.9",
    longitude: "10.7",
    endpoint: "https://oslo.example",
  };
  const keys = { "access-key": "access", "secret-key": "secret" };
  for (const [name, text] of Object.entries({ ...fields, ...keys })) {
    await page.locator(`[role=dialog] input[name="${name}"]`).fill(text);
  }
  await page.locator("[role=dialog] button[type=submit]").click();
  await page.locator(told).first().waitFor();
}

function letters(errors) {
  return async (page) => {
    await page.route(`${STORAGE}/admin/dead-letters*`, async (route) => {
      const server = { id: "s", name: "cape-town", city: "Cape Town", zone: "africa", state: "online" };
      const place = { latitude: -33.9, longitude: 18.4 };
      const items = errors.map((error, index) => {
        const id = `0190d2f0-0000-7000-8000-00000000000${index}`;
        return { ...LETTER, id, file_id: id, error, server: { ...server, ...place } };
      });
      await route.fulfill({ json: { items, next: null } });
    });
  };
}

function refuse(status, code, facts = {}) {
  const body = { type: "about:blank", title: code, status, code, detail: "", request_id: "r", ...facts };
  return (route) => route.fulfill({ status, contentType: "application/problem+json", body: JSON.stringify(body) });
}
