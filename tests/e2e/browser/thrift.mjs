// Counts what the page asks the services for: nothing twice at the start, nothing more for every upload.
// Prints one line of JSON; exits with 1 and the reason on failure.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

import { launchChromium } from "./chromium.mjs";
import { sitDown } from "./journey.mjs";
import { newPerson } from "./person.mjs";
import { addressOfStack } from "./visit.mjs";

const FILES = 20;
/** Lists that are read again while many files change together. */
const MOST_READS = 8;

const address = await addressOfStack();
const person = await newPerson(address);
const browser = await launchChromium();
try {
  const context = await browser.newContext({ locale: "en-US" });
  await sitDown(context);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  let asked = [];
  page.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname.includes("/api/v1/")) asked.push(`${request.method()} ${pathname}${search}`);
  });

  await page.goto(`${address}/login`);
  await page.locator("input[name=username]").fill(person.username);
  await page.locator("input[name=password]").fill(person.password);
  await page.keyboard.press("Enter");
  await page.locator("[data-testid=drop-zone]").waitFor();
  await page.waitForLoadState("load");
  assert.deepEqual(twice(asked), [], "asked twice after the log-in");
  asked = [];
  await page.reload();
  await page.locator("[data-testid=drop-zone]").waitFor();
  assert.deepEqual(twice(asked), [], "asked twice at the start");

  asked = [];
  const files = Array.from({ length: FILES }, (_, index) => ({
    name: `${index}.bin`,
    mimeType: "application/octet-stream",
    buffer: randomBytes(20_000),
  }));
  await page.locator("input[type=file]").first().setInputFiles(files);
  await page.locator("[data-spread=everywhere]").nth(FILES - 1).waitFor();
  const reads = asked.filter((one) => one.startsWith("GET "));
  assert.ok(reads.length <= MOST_READS, `${reads.length} reads for ${FILES} uploads:\n${reads.join("\n")}`);
  console.log(JSON.stringify({ files: FILES, reads: reads.length }));
} finally {
  await browser.close();
}

function twice(all) {
  return all.filter((one, index) => all.indexOf(one) !== index);
}
