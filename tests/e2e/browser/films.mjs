// Two people watch a film; the city of one of them dies in the middle, and it goes on from the next.
// Then a film that a role is for. MERIDIAN_FILM and MERIDIAN_PREMIERE are their addresses, MERIDIAN_NODES
// the processes of all cities. Prints one line of JSON.

import assert from "node:assert/strict";

import { edges, fault, heal, labelOf } from "./faults.mjs";
import { journey, logIn, sitDown } from "./journey.mjs";
import { call, newPerson, tokenOf } from "./person.mjs";
import { addressOfStack } from "./visit.mjs";
import { cityNow, noted, until, watch } from "./watching.mjs";

const { MERIDIAN_FILM: film, MERIDIAN_PREMIERE: premiere } = process.env;
const { MERIDIAN_BOSTON: boston, MERIDIAN_TOKYO: tokyo } = process.env;
const nodes = JSON.parse(process.env.MERIDIAN_NODES);
const admin = { username: process.env.MERIDIAN_USERNAME, password: process.env.MERIDIAN_PASSWORD };
const AHEAD_SECONDS = 10;
const DIES_AT = 6;
const PLAYLIST = "application/vnd.apple.mpegurl";

const address = await addressOfStack();
await journey(async ({ open, step }) => {
  const sit = async (person, place) => {
    const page = await open();
    await sitDown(page, place);
    await logIn(page, address, person);
    return page;
  };

  step("find a film, and play it from a city");
  const viewer = await newPerson(address);
  const near = await sit(viewer, boston);
  await near.getByRole("link", { name: "Films" }).first().click();
  await near.getByRole("searchbox").fill("last");
  await near.locator(".film").first().click();
  await near.waitForURL(film);
  await watch(near);
  const city = await cityNow(near);

  step("play it near Vladivostok, too");
  const far = await sit(await newPerson(address), tokyo);
  await far.goto(film);
  await watch(far);
  const farCity = await cityNow(far);
  assert.notEqual(farCity, city);

  step("lose the first city");
  await until(near, DIES_AT);
  const before = await noted(near);
  assert.ok(before.at < before.bufferedTo && before.bufferedTo < 60, JSON.stringify(before));
  process.kill(nodes[city], "SIGKILL");
  await fault(city, { down: true });

  step("go on from the next city");
  await near.locator(".switched").waitFor({ timeout: 60_000 });
  const next = await cityNow(near);
  assert.notEqual(next, city);
  await near.getByText(`The film goes on from ${labelOf(next)} instead of ${labelOf(city)}`).waitFor();
  await until(near, before.bufferedTo + 3);
  const [one, other] = [await noted(near), await noted(far)];
  assert.equal(await cityNow(far), farCity);
  for (const seen of [one, other]) {
    assert.equal(seen.waits + seen.seeks, 0, JSON.stringify(seen));
    assert.ok(seen.leastAhead >= AHEAD_SECONDS, JSON.stringify(seen));
    assert.ok(Math.abs(seen.behind) < 1, JSON.stringify(seen));
    assert.ok(seen.frames > 0, JSON.stringify(seen));
  }
  await heal(city);

  step("keep a film of a role from who does not hold it");
  await near.goto(`${address}/films`);
  await near.locator(".film").first().waitFor();
  assert.equal(await near.locator("[data-film=Premiere]").count(), 0);
  await near.goto(premiere);
  await near.getByText("There is no such film, or it is not for you.").waitFor();

  step("play it for who does");
  await giveRole(viewer.username);
  const member = await sit(viewer, tokyo);
  await member.goto(`${address}/films`);
  await member.locator("[data-film=Premiere]").click();
  await watch(member);

  step("sign again what has ended");
  await member.goto(film);
  await watch(member);
  const memberCity = await cityNow(member);
  const { bufferedTo, duration } = await noted(member);
  assert.ok(bufferedTo + 5 < duration, JSON.stringify({ bufferedTo, duration }));
  const refused = await endAddresses(member);
  await member.evaluate((second) => (document.querySelector("video").currentTime = second), bufferedTo + 1);
  await until(member, bufferedTo + 3);
  assert.ok(refused.length > 0);
  assert.equal(await cityNow(member), memberCity);

  step("play it by the browser's own means");
  const plain = await sit(viewer, tokyo);
  await plain.addInitScript(() => ["MediaSource", "ManagedMediaSource"].forEach((name) => delete window[name]));
  const origins = new Set();
  plain.on("request", (asked) => {
    const { origin, searchParams } = new URL(asked.url());
    if (asked.resourceType() === "media" && searchParams.has("X-Amz-Signature")) origins.add(origin);
  });
  await plain.goto(film);
  // Chromium before 142 cannot, and plays the file.
  const isNative = await plain.evaluate((type) => document.createElement("video").canPlayType(type) !== "", PLAYLIST);
  await watch(plain);
  const source = await plain.locator("video").getAttribute("src");
  assert.equal(source.includes("/hls/master.m3u8"), isNative, source);
  assert.deepEqual([...origins], [edges[await cityNow(plain)]]);
  console.log(JSON.stringify({ next, one, other, refused: refused.length, isNative }));
});

/** From now on cities refuse what was signed before, as when somebody comes back from a long pause. */
async function endAddresses(page) {
  const now = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
  const refused = [];
  await page.route(
    (url) => url.searchParams.has("X-Amz-Signature"),
    (route) => {
      const url = new URL(route.request().url());
      if (url.searchParams.get("X-Amz-Date") > now) return route.continue();
      refused.push(url.pathname);
      return route.fulfill({ status: 403, headers: { "Access-Control-Allow-Origin": "*" } });
    },
  );
  return refused;
}

async function giveRole(username) {
  const token = await tokenOf(address, admin);
  const ask = (method, path, body) => call(address, method, `/auth/api/v1${path}`, body, token);
  const permission = await ask("POST", "/permissions", { name: "films.premieres", description: "See premieres" });
  const role = await ask("POST", "/roles", { name: "members", description: "" });
  await put(`/roles/${role.id}/permissions/${permission.id}`, token);
  const { items } = await ask("GET", `/users?q=${username}`);
  await put(`/users/${items[0].id}/roles/${role.id}`, token);
}

async function put(path, token) {
  const answer = await fetch(`${address}/auth/api/v1${path}`, {
    method: "PUT",
    headers: { Authorization: `Bearer ${token}` },
  });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
}
