// Two tabs go through a refresh and both stay in; a session that another browser ends signs this page out; an
// administrator takes a role away, and the page of who had it loses its button.
//
//   MERIDIAN_USERNAME and MERIDIAN_PASSWORD are of a superuser; prints one line of JSON.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

import { journey, logIn } from "./journey.mjs";
import { addressOfStack } from "./visit.mjs";

const PASSWORD = `seven green boats ${randomBytes(4).toString("hex")}`;
const API = "/auth/api/v1";
const LOGGED_IN = "[data-initials]";
const ADMINISTRATION = "a[href='/admin/people']";
/** A page learns of it within a second of the server; a slow machine gets some more to draw it. */
const MOST_SECONDS = 5;

const address = await addressOfStack();
const admin = { username: process.env.MERIDIAN_USERNAME, password: process.env.MERIDIAN_PASSWORD };

await journey(async ({ open, step }) => {
  const username = `eve.${randomBytes(4).toString("hex")}`;
  const person = { username, password: PASSWORD };

  step("register");
  const page = await open();
  await page.goto(`${address}/register`);
  await page.locator("input[name=username]").fill(username);
  await page.locator("input[name=email]").fill(`${username}@example.com`);
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.locator(LOGGED_IN).first().waitFor();

  step("renew the session in two tabs at once");
  const tab = await page.context().newPage();
  const renewals = [];
  page.context().on("response", (answer) => {
    if (answer.url().endsWith(`${API}/refresh`)) renewals.push(answer.status());
  });
  await Promise.all([page.reload(), tab.goto(address)]);
  for (const one of [page, tab]) await one.locator(LOGGED_IN).first().waitFor();
  for (let round = 0; round < 3; round += 1) {
    await Promise.all([page, tab].map((one) => one.reload()));
    for (const one of [page, tab]) await one.locator(LOGGED_IN).first().waitFor();
  }
  assert.ok(renewals.length >= 8, `the tabs renewed ${renewals.length} times`);
  assert.deepEqual([...new Set(renewals)], [200]);
  await tab.close();

  step("take a role away from somebody who is signed in");
  const office = await open();
  await logIn(office, address, admin);
  const call = await callAs(admin);
  const role = await call("POST", "/roles", { name: `helper ${username}` });
  const permissions = (await call("GET", "/permissions?limit=200")).items;
  const wanted = permissions.find(({ name }) => name === "users.view");
  await call("PUT", `/roles/${role.id}/permissions/${wanted.id}`);
  const user = (await call("GET", `/users?q=${username}`)).items[0];
  await office.goto(`${address}/admin/people/${user.id}`);
  const tick = office.getByRole("checkbox", { name: `helper ${username}` });
  await tick.click();
  await page.locator(ADMINISTRATION).first().waitFor();
  const roleGone = await secondsUntil(
    () => tick.click(),
    () => page.locator(ADMINISTRATION).first().waitFor({ state: "detached" }),
  );
  await call("DELETE", `/roles/${role.id}`);

  step("end the session from another browser");
  const other = await open();
  await logIn(other, address, person);
  await other.goto(`${address}/account/sessions`);
  const end = other.getByRole("button", { name: "End all others" });
  await end.waitFor();
  const signedOut = await secondsUntil(
    () => end.click(),
    () => page.locator("input[name=username]").waitFor(),
  );
  await page.getByText("Your session has ended. Please log in again.").waitFor();
  await other.locator(LOGGED_IN).first().waitFor();

  console.log(JSON.stringify({ renewals: renewals.length, role_gone_after: roleGone, signed_out_after: signedOut }));
});

/** How long after something is done another page shows it. */
async function secondsUntil(act, seen) {
  await act();
  const began = performance.now();
  await seen();
  const seconds = (performance.now() - began) / 1000;
  assert.ok(seconds < MOST_SECONDS, `it took ${seconds} s`);
  return Number(seconds.toFixed(2));
}

/** Calls the auth service as a program of somebody. */
async function callAs(account) {
  let token = null;
  const call = async (method, path, body) => {
    const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${address}${API}${path}`, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  };
  token = (await call("POST", "/login", account)).access_token;
  return call;
}
