// Every state of the page that somebody may meet, and the way to it. `guest` states need nobody, `empty`
// ones a person without files, all others a person with some.

import { ACCOUNT_STATES } from "./account-states.mjs";
import { ADMIN_STATES } from "./admin-states.mjs";
import { CITY_STATES, inAllStates } from "./city-states.mjs";
import { DETAILS_STATES } from "./details-states.mjs";
import { FILM_STATES } from "./film-states.mjs";
import { FOLDER_STATES } from "./folder-states.mjs";
import { HISTORY_STATES } from "./history-states.mjs";
import { SHARING_STATES } from "./sharing-states.mjs";
import { TRASH_STATES } from "./trash-states.mjs";

const LIST = "**/storage/api/v1/files?*";
const SERVERS = "**/storage/api/v1/servers";
const LOOK = "**/storage/api/v1/s/token";
const LOCKED = { kind: "file", needs_password: true, expires_at: null };
const OPEN = {
  ...{
    kind: "file",
    needs_password: false,
    expires_at: "2027-01-01T12:00:00Z",
  },
  ...{ name: "table-mountain-panorama.jpg", size: 6_400_000 },
};
const UPLOADS = "**/storage/api/v1/uploads";

export const STATES = [
  {
    name: "log-in",
    who: "guest",
    path: "/login",
    ready: "input[name=username]",
  },
  {
    name: "log-in-refused",
    who: "guest",
    path: "/login",
    ready: "input[name=username]",
    prepare: (page) =>
      page.route("**/auth/api/v1/login", (route) =>
        route.fulfill(problem(401, "LOGIN_FAILED")),
      ),
    async reach(page) {
      await page.locator("input[name=username]").fill("nobody");
      await page.locator("input[name=password]").fill("wrong");
      await page.keyboard.press("Enter");
      await page.locator("[role=alert] .problem").waitFor();
    },
  },
  {
    name: "register-refused",
    who: "guest",
    path: "/register",
    ready: "input[name=email]",
    async reach(page) {
      await page.locator("input[name=username]").fill("a");
      await page.locator("button[type=submit]").click();
      await page.locator(".v-messages__message").first().waitFor();
    },
  },
  {
    name: "appearance",
    who: "guest",
    path: "/login",
    ready: "input[name=username]",
    reach: clickMenu("header button"),
  },
  { name: "nowhere", who: "guest", path: "/no/such/page", ready: ".blank" },
  { name: "empty", who: "empty", ready: "[data-testid=drop-zone]" },
  { name: "files", who: "full", ready: "[data-file-id]" },
  {
    name: "files-by-size",
    who: "full",
    path: "/?sort=size",
    ready: "[data-file-id]",
  },
  { name: "nothing-found", who: "full", path: "/?q=zebra", ready: ".blank" },
  {
    name: "account-menu",
    who: "full",
    ready: "[data-file-id]",
    reach: clickMenu("header > button:last-of-type"),
  },
  {
    name: "place-menu",
    who: "full",
    ready: "[data-file-id]",
    reach: clickMenu("header .chip"),
  },
  {
    name: "row-menu",
    who: "full",
    ready: "[data-file-id]",
    reach: clickMenu("[data-file-id] .more"),
  },
  {
    name: "copies",
    who: "full",
    ready: "[data-file-id]",
    reach: clickMenu("[data-file-id] [data-spread]"),
  },
  {
    name: "share",
    who: "full",
    ready: "[data-file-id]",
    reach: fromRowMenu(1),
  },
  {
    name: "shared",
    who: "full",
    ready: "[data-file-id]",
    async reach(page) {
      await fromRowMenu(1)(page);
      await page.locator("button[form=share]").click();
      await page.locator("[role=dialog] .url").waitFor();
    },
  },
  { name: "links", who: "full", path: "/links", ready: "[data-link-id]" },
  { name: "cities", who: "full", path: "/cities", ready: "[data-city=sydney]", prepare: inAllStates },
  { name: "no-links", who: "empty", path: "/links", ready: ".blank" },
  {
    name: "link",
    who: "guest",
    path: "/s/token",
    ready: ".download",
    prepare: (page) => page.route(LOOK, answer(OPEN)),
  },
  {
    name: "link-locked",
    who: "guest",
    path: "/s/token",
    ready: "input[name=password]",
    prepare: (page) => page.route(LOOK, answer(LOCKED)),
  },
  { name: "link-over", who: "guest", path: "/s/token", ready: ".over" },
  {
    name: "map",
    who: "full",
    ready: "[data-file-id]",
    async reach(page) {
      await page.locator(".strip .open").click();
      await page.locator("[role=dialog] .map").waitFor();
    },
  },
  {
    name: "city-down",
    who: "full",
    ready: "[data-file-id]",
    prepare: (page) => changeCity(page, 1, "down"),
  },
  {
    name: "list-failed",
    who: "full",
    ready: "[role=alert] .action, section[role=alert]",
    prepare: (page) =>
      page.route(LIST, (route) =>
        route.fulfill(problem(503, "DATABASE_UNAVAILABLE")),
      ),
  },
  {
    name: "upload-refused",
    who: "full",
    ready: "[data-file-id]",
    async reach(page) {
      await choose(page, "bad\u202ename.txt");
      await page.locator(".tray.trouble").waitFor();
    },
  },
  {
    name: "offline",
    who: "full",
    ready: "[data-file-id]",
    async reach(page, context) {
      await context.setOffline(true);
      await page.locator(".note").waitFor();
    },
  },
  ...FILM_STATES,
  ...FOLDER_STATES,
  ...ACCOUNT_STATES,
  ...ADMIN_STATES,
  ...CITY_STATES,
  ...DETAILS_STATES,
  ...HISTORY_STATES,
  ...SHARING_STATES,
  ...TRASH_STATES,
  // Last: the page remembers these uploads.
  {
    name: "conflict",
    who: "full",
    ready: "[data-file-id]",
    async reach(page) {
      await choose(page, "notes.md", "tickets.pdf");
      await page.locator("[role=dialog] h2").waitFor();
    },
  },
  {
    name: "uploads-wait",
    who: "full",
    ready: "[data-file-id]",
    prepare: (page) =>
      page.route(UPLOADS, (route) =>
        route.fulfill(problem(503, "NO_SERVER", { "Retry-After": "30" })),
      ),
    async reach(page) {
      await choose(page, "one.bin", "two.bin");
      await page.locator(".tray.held").waitFor();
    },
  },
];

/** Waits for what the click opens, and for what is loaded then. */
function clickMenu(selector) {
  return async (page) => {
    await page.locator(selector).first().click();
    await page.locator(".v-overlay__content").waitFor();
  };
}

function fromRowMenu(entry) {
  return async (page) => {
    await clickMenu("[data-file-id] .more")(page);
    await page.locator(".v-overlay .v-list-item").nth(entry).click();
    await page.locator("[role=dialog] h2").waitFor();
  };
}

async function choose(page, ...names) {
  const files = names.map((name) => ({
    name,
    mimeType: "application/octet-stream",
    buffer: Buffer.from("hello"),
  }));
  await page.locator("input[type=file]").first().setInputFiles(files);
}

async function changeCity(page, index, state) {
  await page.route(SERVERS, async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    body.items[index].state = state;
    await route.fulfill({ response, json: body });
  });
}

function answer(json) {
  return (route) => route.fulfill({ json });
}

function problem(status, code, headers = {}) {
  const body = {
    type: "about:blank",
    title: code,
    status,
    code,
    detail: "",
    request_id: "r",
  };
  return {
    status,
    headers,
    contentType: "application/problem+json",
    body: JSON.stringify(body),
  };
}
