// Drops a file on the page as a person does, sees it reach every city, fetches it back and deletes it.
//
//   node upload.mjs --address http://127.0.0.1:8080 --username demo --output reports/browser
//
// Each option may come from the environment instead: MERIDIAN_ADDRESS, MERIDIAN_USERNAME,
// MERIDIAN_PASSWORD, MERIDIAN_OUTPUT. Prints one line of JSON; exits with 1 and the reason on failure.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { launchChromium } from "./chromium.mjs";

const OPTIONS = ["address", "username", "password", "output"];
const CITIES = 3;
const PATIENCE_MS = 20_000;
const ARRIVAL_MS = 60_000;
const NAME = `Закат над морем — ${randomBytes(4).toString("hex")}.png`;
const BODY = randomBytes(3 * 1024 * 1024 + 7);

const { address, username, password, output } = options();
let step = "start the browser";
let page;
const complaints = [];

try {
  await mkdir(output, { recursive: true });
  const browser = await launchChromium();
  try {
    await travel(browser);
  } catch (reason) {
    await page?.screenshot({ path: join(output, "failure.png") }).catch(() => undefined);
    throw reason;
  } finally {
    await browser.close();
  }
} catch (reason) {
  console.error(`FAILED to ${step}: ${reason.message}`);
  if (complaints.length > 0) console.error(`The browser complained:\n${complaints.join("\n")}`);
  process.exitCode = 1;
}

async function travel(browser) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: "en-US",
    colorScheme: "light",
  });
  await context.addInitScript(reportViolations);
  page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  collectComplaints();

  step = "log in";
  await logIn();
  assert.deepEqual(complaints, [], "a guest sees errors in the console");
  step = "drop a file on the page";
  const began = performance.now();
  await dropFile();
  step = "see the file in every city";
  const row = page.locator(`[data-file-name=${JSON.stringify(NAME)}]`);
  const everywhere = row.locator("[data-spread=everywhere]");
  await everywhere.waitFor({ timeout: ARRIVAL_MS });
  const seconds = (performance.now() - began) / 1000;
  await everywhere.click();
  const ready = page.locator("[data-server][data-state=ready]");
  await ready.nth(CITIES - 1).waitFor();
  const cities = await ready.evaluateAll((all) => all.map((one) => one.dataset.server));
  assert.equal(new Set(cities).size, CITIES, `ready in ${cities}`);
  const landed = await page.getByText(/^Landed in /).first().textContent();
  await page.screenshot({ path: join(output, "three-cities.png") });
  await page.keyboard.press("Escape");
  step = "download the file";
  await download();
  step = "leave the page while a file is on its way";
  await leaveMidway();
  step = "delete the file";
  await remove(row, NAME);
  step = "leave the browser content";
  assert.deepEqual(complaints, []);
  console.log(JSON.stringify({ file: NAME, bytes: BODY.length, cities, landed, seconds: Number(seconds.toFixed(2)) }));
}

function options() {
  const { values } = parseArgs({
    options: Object.fromEntries(OPTIONS.map((name) => [name, { type: "string" }])),
  });
  const chosen = (name) => values[name] ?? process.env[`MERIDIAN_${name.toUpperCase()}`];
  const all = Object.fromEntries(OPTIONS.map((name) => [name, chosen(name)]));
  const missing = OPTIONS.filter((name) => !all[name]);
  if (missing.length > 0) {
    console.error(`FAILED: not given: ${missing.join(", ")}`);
    process.exit(2);
  }
  return all;
}

/** Errors of scripts and of the content security policy, and all else that browsers call an error. */
function collectComplaints() {
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.text().startsWith("VIOLATION ")) complaints.push(message.text());
    else if (message.type() === "error") complaints.push(`${message.text()} ${message.location().url}`);
  });
}

function reportViolations() {
  document.addEventListener("securitypolicyviolation", (event) => {
    console.log(`VIOLATION ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
  });
}

async function logIn() {
  await page.goto(address);
  await page.getByLabel("Username").fill(username);
  await page.locator("input[name=password]").fill(password);
  await page.keyboard.press("Enter");
  const refusal = page.locator("[role=alert] p");
  await page.getByRole("main").and(page.locator(":has([data-file-id], [data-testid=drop-zone])")).or(refusal).waitFor();
  assert.equal(await refusal.count(), 0, `refused: ${await refusal.allTextContents()}`);
}

async function dropFile() {
  const transfer = await page.evaluateHandle(
    ([name, body]) => {
      const bytes = Uint8Array.from(atob(body), (character) => character.charCodeAt(0));
      const carried = new DataTransfer();
      carried.items.add(new File([bytes], name, { type: "image/png" }));
      return carried;
    },
    [NAME, BODY.toString("base64")],
  );
  const anywhere = page.getByRole("main");
  for (const event of ["dragenter", "dragover", "drop"]) {
    await anywhere.dispatchEvent(event, { dataTransfer: transfer });
  }
}

/** What the reload cuts off leaves no row behind, and goes on with the same file. */
async function leaveMidway() {
  const name = `midway-${randomBytes(4).toString("hex")}.bin`;
  const path = join(output, name);
  await writeFile(path, randomBytes(100_000));
  await page.route(
    (url) => url.searchParams.has("X-Amz-Signature"),
    (route) => (route.request().method() === "PUT" ? undefined : route.continue()),
  );
  await page.locator("input[type=file]").first().setInputFiles(path);
  const row = page.locator(`[data-file-name="${name}"]`);
  await row.waitFor();
  page.once("dialog", (dialog) => dialog.accept());
  await page.reload();
  await page.getByText("1 upload is paused").waitFor();
  await row.waitFor({ state: "detached" });
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.getByTestId("choose-again").setInputFiles(path);
  await page.getByText(/^Landed in /).first().waitFor();
  await row.locator("[data-spread=everywhere]").waitFor({ timeout: ARRIVAL_MS });
  await remove(row, name);
  await rm(path);
}

async function download() {
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: `Download ${NAME}` }).click(),
  ]);
  assert.equal(saved.suggestedFilename(), NAME);
  const arrived = await readFile(await saved.path());
  assert.ok(arrived.equals(BODY), `downloaded ${arrived.length} bytes are not the ${BODY.length} that were dropped`);
}

async function remove(row, name) {
  await page.getByRole("button", { name: `More for ${name}` }).click();
  await page.locator(".v-list-item.trash").click();
  await row.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await row.click();
  await page.keyboard.press("Delete");
  await row.waitFor({ state: "detached" });
  await page.reload();
  await page.locator("[data-file-id], [data-testid=drop-zone]").first().waitFor();
  assert.equal(await row.count(), 0, "the deleted file is back after a reload");
}
