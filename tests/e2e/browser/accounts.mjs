// Somebody registers, signs in with a passkey, turns the second factor on and uses a recovery code; an
// administrator invites somebody else and switches them off, whose page is signed out.
//
//   MERIDIAN_USERNAME and MERIDIAN_PASSWORD are of a superuser; prints one line of JSON.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

import { journey, logIn } from "./journey.mjs";
import { totpOf } from "./totp.mjs";
import { addressOfStack } from "./visit.mjs";

const PASSWORD = `seven green boats ${randomBytes(4).toString("hex")}`;
const LOGGED_IN = "[data-initials]";
const named = (who) => `${who}.${randomBytes(4).toString("hex")}`;

const address = await addressOfStack();
const admin = { username: process.env.MERIDIAN_USERNAME, password: process.env.MERIDIAN_PASSWORD };

await journey(async ({ open, step }) => {
  const page = await open();
  const ann = named("ann");

  step("register");
  await page.goto(`${address}/register`);
  await register(page, ann);

  step("add a passkey");
  await addAuthenticator(page);
  await page.goto(`${address}/account/security`);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.locator("input[name=passkey_name]").fill("test phone");
  await page.keyboard.press("Enter");
  await page.locator(".title", { hasText: "test phone" }).waitFor();

  step("sign in with the passkey");
  await logOut(page);
  await page.locator("[data-testid=passkey]").click();
  await page.locator(LOGGED_IN).first().waitFor();

  step("turn the second factor on");
  await page.goto(`${address}/account/security`);
  await page.getByRole("button", { name: "Turn on" }).click();
  await page.locator("input[name=own_password]").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.locator("summary").click();
  const secret = await page.locator("[role=dialog] .secret").inputValue();
  await page.locator("input[name=first_code]").fill(totpOf(secret));
  await page.keyboard.press("Enter");
  await page.locator("ol.codes li").last().waitFor();
  const codes = await page.locator("ol.codes li").allTextContents();
  assert.equal(codes.length, 10);
  await page.locator("[role=dialog] input[type=checkbox]").check();
  await page.getByRole("button", { name: "Done" }).click();

  step("log in with a recovery code, which works once");
  await logOut(page);
  await enter(page, ann);
  await useRecoveryCode(page, codes[0]);
  await page.locator(LOGGED_IN).first().waitFor();
  await logOut(page);
  await enter(page, ann);
  await useRecoveryCode(page, codes[0]);
  await page.getByText("This code is wrong, or it was used before.").waitFor();

  step("invite somebody");
  const office = await open();
  await logIn(office, address, admin);
  await office.goto(`${address}/admin/invitations`);
  await office.getByRole("button", { name: "Invite somebody" }).click();
  await office.getByRole("button", { name: "Create the link" }).click();
  const url = await office.locator(".made input").inputValue();
  const guest = await open();
  const bob = named("bob");
  await guest.goto(url);
  await register(guest, bob);

  step("switch the invited person off");
  await office.goto(`${address}/admin/people`);
  await office.locator("input[type=search]").fill(bob);
  await office.locator(".list-row", { hasText: bob }).getByRole("link").click();
  await office.getByRole("button", { name: "Switch off" }).click();
  const began = performance.now();
  await guest.locator("input[name=username]").waitFor();
  const seconds = (performance.now() - began) / 1000;
  assert.ok(seconds < 5, `the page stayed signed in for ${seconds} s`);

  console.log(JSON.stringify({ codes: codes.length, signed_out_after: Number(seconds.toFixed(2)) }));
});

async function register(page, username) {
  await page.locator("input[name=username]").fill(username);
  await page.locator("input[name=email]").fill(`${username}@example.com`);
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.locator(LOGGED_IN).first().waitFor();
}

async function enter(page, username) {
  await page.locator("input[name=username]").fill(username);
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.locator("input[name=totp]").waitFor();
}

async function useRecoveryCode(page, code) {
  await page.getByRole("button", { name: "Use a recovery code" }).click();
  await page.locator("input[name=recovery_code]").fill(code);
  await page.keyboard.press("Enter");
}

async function logOut(page) {
  await page.getByRole("button", { name: "Account", exact: true }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await page.locator("input[name=username]").waitFor();
}

/** A phone that recognises its owner, as far as the browser can tell. */
async function addAuthenticator(page) {
  const client = await page.context().newCDPSession(page);
  await client.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  await client.send("WebAuthn.addVirtualAuthenticator", { options });
}
