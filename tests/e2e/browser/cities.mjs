// An operator adds a city by a click on the map, sees files come, empties another and removes it.
// MERIDIAN_CITY is the JSON that describes the new server, MERIDIAN_LEAVING the name of the other.
// Prints the report of the one that was emptied.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

import { journey, logIn } from "./journey.mjs";
import { call, newPerson, tokenOf, upload } from "./person.mjs";
import { addressOfStack } from "./visit.mjs";

const city = JSON.parse(process.env.MERIDIAN_CITY);
const leaving = process.env.MERIDIAN_LEAVING;
const admin = { username: process.env.MERIDIAN_USERNAME, password: process.env.MERIDIAN_PASSWORD };
const address = await addressOfStack();
// People go on uploading, so a few copies are always to come.
const UNDER_WAY = 4;
const LOOK_MS = 500;
const STANDSTILL_MS = 30_000;

await journey(async ({ open, step }) => {
  const person = await newPerson(address);
  await upload(address, await tokenOf(address, person), "one.bin", "application/octet-stream", randomBytes(50_000));

  step("show people the calm page");
  const calm = await open();
  await logIn(calm, address, person);
  await calm.goto(`${address}/cities`);
  await calm.locator("[data-city]").nth(2).waitFor();
  assert.equal(await calm.locator("[data-city] a, .add").count(), 0);

  step("click the map");
  const page = await open();
  await logIn(page, address, admin);
  await page.goto(`${address}/cities`);
  await page.locator("[data-city]").nth(2).waitFor();
  const box = await page.locator(".world.pick").boundingBox();
  await page.mouse.click(box.x + box.width * 0.515, box.y + box.height * 0.2);
  const field = (name) => page.locator(`[role=dialog] input[name="${name}"]`);
  await field("city").waitFor();
  assert.notEqual(await field("latitude").inputValue(), "");

  step("refuse wrong keys in words, then add it");
  await field("city").fill(city.city);
  await field("server").fill(city.name);
  await field("endpoint").fill(city.endpoint);
  await field("bucket").fill(city.bucket);
  await field("zone").fill(city.zone ?? "europe");
  await field("access-key").fill(city.access_key);
  await field("secret-key").fill(randomBytes(24).toString("hex"));
  await page.getByRole("button", { name: "Test it" }).click();
  await page.getByText("The server refuses these keys.").waitFor();
  await field("secret-key").fill(city.secret_key);
  await page.getByRole("button", { name: "Test it" }).click();
  await page.getByText("Its clock is right.").waitFor();
  await page.getByRole("button", { name: "Add it" }).click();
  await page.getByRole("heading", { name: "The city is added" }).waitFor();
  await page.getByRole("button", { name: "Done" }).click();

  step("see it fill");
  await untilCaughtUp(page.locator(`[data-city="${city.name}"]`));
  const { headers } = await fetch(`${address}/cities`).then((answer) => answer);
  const policy = headers.get("content-security-policy");
  assert.ok(policy.includes(new URL(city.public_endpoint ?? city.endpoint).origin), policy);

  step("empty another");
  const row = page.locator(`[data-city="${leaving}"]`);
  await row.getByRole("link").click();
  await page.getByRole("button", { name: "Show what it takes" }).click();
  await page.getByRole("button", { name: "Start" }).click();
  await page.locator("[data-drain=done]").waitFor({ timeout: 60_000 });
  await page.getByText("Everything is in other cities.").waitFor();
  const path = `/storage/api/v1/servers/${page.url().split("/").pop()}/progress`;
  const { report } = await call(address, "GET", path, undefined, await tokenOf(address, admin));

  step("remove it");
  await page.getByRole("button", { name: "Remove this city" }).click();
  await page.locator("[role=dialog]").getByRole("button", { name: "Remove" }).click();
  await page.locator("[data-city]").nth(2).waitFor();
  await row.waitFor({ state: "detached" });
  console.log(JSON.stringify(report));
});

/** What people upload meanwhile goes first, so the rest may take its time, as long as it gets less. */
async function untilCaughtUp(row) {
  let least = Infinity;
  let until = Date.now() + STANDSTILL_MS;
  while (least > UNDER_WAY) {
    assert.ok(Date.now() < until, `no fewer than ${least} copies are to come`);
    const count = stillToCome(await row.getByRole("cell").nth(2).innerText());
    if (count < least) [least, until] = [count, Date.now() + STANDSTILL_MS];
    await row.page().waitForTimeout(LOOK_MS);
  }
}

/** Infinity as long as it is being counted. */
function stillToCome(said) {
  if (said.includes("counting")) return Infinity;
  if (said.includes("has everything")) return 0;
  return Number(said.match(/^([\d,]+) cop/)?.[1].replaceAll(",", "") ?? Infinity);
}
