// A large file is paused, its page is left, and it goes on with what is missing; what arrives is compared.
// MERIDIAN_RESUME_MIB says how large. Prints one line of JSON; exits with 1 and the reason on failure.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, open as openFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { journey, logIn } from "./journey.mjs";
import { call, newPerson, tokenOf, upload } from "./person.mjs";
import { addressOfStack } from "./visit.mjs";

const MIB = 1024 * 1024;
const SIZE = Number(process.env.MERIDIAN_RESUME_MIB ?? 96) * MIB;
const PART = 16 * MIB;
const SENT_BEFORE = 2;
const NAME = "survey.raw";
const STORAGE = "/storage/api/v1";
const ARRIVAL_MS = 100_000;
const isPut = (url) => url.searchParams.has("X-Amz-Signature");

const address = await addressOfStack();
const folder = await mkdtemp(join(tmpdir(), "meridian-resume-"));
await journey(async ({ open, step }) => {
  step("begin a large upload");
  const path = join(folder, NAME);
  const hash = await write(path);
  const person = await newPerson(address);
  const token = await tokenOf(address, person);
  await upload(address, token, "readme.txt", "text/plain", randomBytes(10));
  const page = await open();
  await logIn(page, address, person);
  let begun = 0;
  let arrived = 0;
  page.on("requestfinished", (request) => {
    if (request.method() === "PUT" && isPut(new URL(request.url()))) arrived += 1;
  });
  await page.route(isPut, (route) => {
    if (route.request().method() !== "PUT") return route.continue();
    begun += 1;
    return begun > SENT_BEFORE ? undefined : route.continue();
  });
  await page.locator("input[type=file]").first().setInputFiles(path);
  await until(() => arrived >= SENT_BEFORE);

  step("pause it, and leave the page");
  await page.getByRole("button", { name: `Pause ${NAME}` }).click();
  await page.getByRole("button", { name: `Go on with ${NAME}` }).waitFor();
  page.once("dialog", (dialog) => dialog.accept());
  await page.reload();
  await page.getByText("1 upload is paused").waitFor();

  step("go on with the same file");
  await page.unrouteAll({ behavior: "ignoreErrors" });
  const before = arrived;
  await page.getByTestId("choose-again").setInputFiles(path);
  await page.getByText("The file has arrived").waitFor({ timeout: ARRIVAL_MS });
  const parts = Math.ceil(SIZE / PART);
  assert.ok(arrived - before <= parts - SENT_BEFORE, `${arrived - before} of ${parts} parts were sent again`);

  step("compare what arrived");
  const { items } = await call(address, "GET", `${STORAGE}/files?q=${NAME}`, undefined, token);
  const { url } = await call(address, "GET", `${STORAGE}/files/${items[0].id}/download`, undefined, token);
  const found = createHash("sha256");
  for await (const bytes of (await fetch(url)).body) found.update(bytes);
  assert.equal(found.digest("hex"), hash);
  console.log(JSON.stringify({ bytes: SIZE, parts, sent_after: arrived - before }));
});
await rm(folder, { recursive: true });

/** Writes the file; its hash. */
async function write(path) {
  const [file, hash] = [await openFile(path, "w"), createHash("sha256")];
  for (let at = 0; at < SIZE; at += MIB) {
    const bytes = randomBytes(MIB);
    hash.update(bytes);
    await file.write(bytes);
  }
  await file.close();
  return hash.digest("hex");
}

async function until(holds) {
  for (let left = 600; !holds(); left -= 1) {
    assert.ok(left > 0, "waited for a minute");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
