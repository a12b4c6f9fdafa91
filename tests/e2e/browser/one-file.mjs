// Somebody watches a film that is one MP4 file; its city dies, and it goes on from another at the same second.
// MERIDIAN_FILM is a film that has such a file, MERIDIAN_EDGES are those of all cities. Prints one line of JSON.

import assert from "node:assert/strict";

import { edges, fault, heal } from "./faults.mjs";
import { journey, logIn, sitDown } from "./journey.mjs";
import { call, newPerson, tokenOf } from "./person.mjs";
import { addressOfStack } from "./visit.mjs";
import { cityNow, noted, until, watch } from "./watching.mjs";

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

  step("play it from a city");
  for (const city of Object.keys(edges)) await fault(city, { bytes_per_second: BYTES_A_SECOND });
  const page = await open();
  await sitDown(page, process.env.MERIDIAN_BOSTON);
  await logIn(page, address, await newPerson(address));
  await page.goto(`${address}/films/${film.id}`);
  await watch(page);
  await until(page, DIES_AT);
  const city = await cityNow(page);
  const before = await noted(page);
  assert.ok(before.bufferedTo < before.duration - 10, JSON.stringify(before));

  step("go on from another city at the same second");
  await fault(city, { down: true });
  for (const other of Object.keys(edges)) if (other !== city) await heal(other);
  await page.locator(".switched").waitFor({ timeout: 60_000 });
  assert.notEqual(await cityNow(page), city);
  await until(page, before.bufferedTo + 5);
  const after = await noted(page);
  assert.ok(after.leap < 1, JSON.stringify(after));

  step("go to any second of it");
  await page.evaluate(() => (document.querySelector("video").currentTime = 80));
  await until(page, 82);
  console.log(JSON.stringify({ before, after }));
});
