// Somebody watches a film that is one MP4 file; its city dies, and it goes on from another at the same second.
// MERIDIAN_FILM is a film that has such a file, MERIDIAN_EDGE where New York is lost. Prints one line of JSON.

import assert from "node:assert/strict";

import { journey, logIn } from "./journey.mjs";
import { call, newPerson, tokenOf } from "./person.mjs";
import { addressOfStack } from "./visit.mjs";
import { cityNow, fault, noted, playsFrom, until, watch } from "./watching.mjs";

const admin = { username: process.env.MERIDIAN_USERNAME, password: process.env.MERIDIAN_PASSWORD };
// Slow enough that most of the file is still to come when the city dies.
const BYTES_A_SECOND = 60_000;
const DIES_AT = 5;

const address = await addressOfStack();
await journey(async ({ open, step }) => {
  step("add a film of one file");
  const token = await tokenOf(address, admin);
  const films = "/movies/api/v1/films";
  const whole = await call(address, "GET", `${films}/${process.env.MERIDIAN_FILM.split("/").at(-1)}`, undefined, token);
  const film = await call(address, "POST", films, { title: "One File", year: 1999, file_id: whole.file_id }, token);

  step("play it from New York");
  await fault("PUT", { bytes_per_second: BYTES_A_SECOND });
  const page = await open();
  await page.addInitScript((ip) => localStorage.setItem("meridian.fake-ip", ip), process.env.MERIDIAN_BOSTON);
  await logIn(page, address, await newPerson(address));
  await page.goto(`${address}/films/${film.id}`);
  await watch(page);
  await playsFrom(page, "new-york");
  await until(page, DIES_AT);
  const before = await noted(page);
  assert.ok(before.bufferedTo < before.duration - 10, JSON.stringify(before));

  step("go on from another city at the same second");
  await fault("PUT", { down: true });
  await page.locator(".switched").waitFor({ timeout: 60_000 });
  assert.notEqual(await cityNow(page), "new-york");
  await until(page, before.bufferedTo + 5);
  const after = await noted(page);
  assert.ok(after.leap < 1, JSON.stringify(after));
  await fault("DELETE");

  step("go to any second of it");
  await page.evaluate(() => (document.querySelector("video").currentTime = 80));
  await until(page, 82);
  console.log(JSON.stringify({ before, after }));
});
