// Somebody signs in with an account of another site, whose page is a real one; somebody else links such an
// account, signs in by it and unlinks it; whose address nobody has confirmed is refused.
//
//   MERIDIAN_PROVIDER is what the site is called; its page offers "ann", "bob", "unconfirmed" and "nobody".

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

import { journey } from "./journey.mjs";
import { addressOfStack } from "./visit.mjs";

const PASSWORD = `seven green boats ${randomBytes(4).toString("hex")}`;
const LOGGED_IN = "[data-initials]";

const address = await addressOfStack();
const site = process.env.MERIDIAN_PROVIDER;

await journey(async ({ open, step }) => {
  const began = performance.now();
  const page = await open();

  step("be refused with an address that nobody has confirmed");
  await page.goto(`${address}/login?next=/history`);
  await goBy(page, "unconfirmed");
  await page.getByText("has not confirmed an e-mail address").waitFor();

  step("change one's mind at the other site");
  await goBy(page, "nobody");
  await page.getByText("did not confirm who you are").waitFor();

  step("sign in with an account of the other site");
  await page.goto(`${address}/login?next=/history`);
  await goBy(page, "ann");
  await page.locator(LOGGED_IN).first().waitFor();
  assert.equal(new URL(page.url()).pathname, "/history");
  await page.reload();
  await page.locator(LOGGED_IN).first().waitFor();

  step("keep the only way to sign in");
  await page.goto(`${address}/account/security`);
  await unlink(page);
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await page.keyboard.press("Escape");

  step("link an account to one's own");
  const other = await open();
  const bob = `bob.${randomBytes(4).toString("hex")}`;
  await other.goto(`${address}/register`);
  await other.locator("input[name=username]").fill(bob);
  await other.locator("input[name=email]").fill(`${bob}@example.com`);
  await other.locator("input[name=password]").fill(PASSWORD);
  await other.keyboard.press("Enter");
  await other.locator(LOGGED_IN).first().waitFor();
  await other.goto(`${address}/account/security`);
  await link(other, "ann");
  await other.getByText("connected to somebody else").waitFor();
  await link(other, "bob");
  await other.getByRole("button", { name: `Disconnect ${site}` }).waitFor();

  step("sign in by the linked account");
  await other.getByRole("button", { name: "Account", exact: true }).click();
  await other.getByRole("button", { name: "Log out" }).click();
  await goBy(other, "bob");
  await other.locator(LOGGED_IN).first().waitFor();

  step("unlink it");
  await other.goto(`${address}/account/security`);
  await unlink(other);
  await other.getByRole("button", { name: `Connect ${site}` }).waitFor();

  console.log(JSON.stringify({ seconds: Math.round((performance.now() - began) / 1000) }));
});

async function goBy(page, name) {
  await page.getByRole("link", { name: new RegExp(site) }).click();
  await page.getByRole("link", { name, exact: true }).click();
}

async function link(page, name) {
  await page.getByRole("button", { name: `Connect ${site}` }).click();
  await page.getByRole("link", { name, exact: true }).click();
}

async function unlink(page) {
  await page.getByRole("button", { name: `Disconnect ${site}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
}
