// A large file is paused, its page is left, and it goes on with what is missing; what arrives is compared.
// Then one changes on disk while it is read, and the city of another dies: MERIDIAN_EDGES are those of all cities,
// and MERIDIAN_BOSTON is an address near to one.
// MERIDIAN_RESUME_MIB says how large they are. Prints one line of JSON; exits with 1 and the reason on failure.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { appendFile, copyFile, mkdtemp, open as openFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { edges, fault, labelOf } from "./faults.mjs";
import { journey, logIn, sitDown } from "./journey.mjs";
import { call, newPerson, tokenOf, upload } from "./person.mjs";
import { addressOfStack } from "./visit.mjs";

const MIB = 1024 * 1024;
const SIZE = Number(process.env.MERIDIAN_RESUME_MIB ?? 96) * MIB;
const PART = 16 * MIB;
const SENT_BEFORE = 2;
const NAME = "survey.raw";
const CHANGING = "changing.raw";
const MOVING = "moving.raw";
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
  await sitDown(page, process.env.MERIDIAN_BOSTON);
  await logIn(page, address, person);
  let arrived = 0;
  page.on("requestfinished", (request) => {
    if (request.method() === "PUT" && isPut(new URL(request.url()))) arrived += 1;
  });
  let release = await begin(path);

  step("pause it, and leave the page");
  await page.getByRole("button", { name: `Pause ${NAME}` }).click();
  await page.getByRole("button", { name: `Go on with ${NAME}` }).waitFor();
  page.once("dialog", (dialog) => dialog.accept());
  await page.reload();
  await page.getByText("1 upload is paused").waitFor();

  step("go on with the same file");
  await release();
  const before = arrived;
  await page.getByTestId("choose-again").setInputFiles(path);
  await page.getByText("The file has arrived").waitFor({ timeout: ARRIVAL_MS });
  const parts = Math.ceil(SIZE / PART);
  const sentAfter = arrived - before;
  assert.ok(sentAfter <= parts - SENT_BEFORE, `${sentAfter} of ${parts} parts were sent again`);

  assert.equal(await hashOf(NAME), hash);

  step("say that a file has changed while it was read");
  await page.getByRole("button", { name: "Close", exact: true }).click();
  const changing = join(folder, CHANGING);
  await copyFile(path, changing);
  release = await begin(changing);
  await page.getByRole("button", { name: `Pause ${CHANGING}` }).click();
  await appendFile(changing, "more");
  await release();
  await page.getByRole("button", { name: `Go on with ${CHANGING}` }).click();
  await page.getByText("This file was changed, moved or deleted since it was chosen.").first().waitFor();
  await page.locator(`[data-file-name="${CHANGING}"]`).waitFor({ state: "detached" });
  const { reserved_bytes: reserved, files } = await call(address, "GET", `${STORAGE}/usage`, undefined, token);
  assert.deepEqual([reserved, files], [0, 2]);
  await page.getByRole("button", { name: "Close", exact: true }).click();

  step("go on in the next city when one dies");
  const moving = join(folder, MOVING);
  await copyFile(path, moving);
  release = await begin(moving);
  const lost = await cityOfUpload();
  await fault(lost, { down: true });
  await release();
  await page.getByText("The file has arrived").waitFor({ timeout: ARRIVAL_MS });
  const { server } = (await call(address, "GET", `${STORAGE}/actions?event=FILE.UPLOAD`, undefined, token)).items[0];
  assert.notEqual(server, lost);
  assert.equal(await hashOf(MOVING), hash);

  console.log(JSON.stringify({ bytes: SIZE, parts, sent_after: sentAfter, lost }));

  /** The next one may be in another city than the nearest, where that was slow for those before it. */
  async function cityOfUpload() {
    const [, label] = /^To ([^,]+)/.exec(await page.getByText(/^To /).first().textContent());
    return Object.keys(edges).find((city) => labelOf(city) === label);
  }

  /** Chooses a file and lets two parts of it through; gives what lets the others go. */
  async function begin(file) {
    const [before, held] = [arrived, []];
    let begun = 0;
    await page.route(isPut, (route) => {
      const isPart = route.request().method() === "PUT";
      if (isPart && (begun += 1) > SENT_BEFORE) held.push(route);
      else void route.continue();
    });
    await page.locator("input[type=file]").first().setInputFiles(file);
    await until(() => arrived >= before + SENT_BEFORE);
    return async () => {
      for (const route of held) await route.continue().catch(() => undefined);
      await page.unrouteAll({ behavior: "ignoreErrors" });
    };
  }

  async function hashOf(name) {
    const { items } = await call(address, "GET", `${STORAGE}/files?q=${name}`, undefined, token);
    const { url } = await call(address, "GET", `${STORAGE}/files/${items[0].id}/download`, undefined, token);
    const found = createHash("sha256");
    for await (const bytes of (await fetch(url)).body) found.update(bytes);
    return found.digest("hex");
  }
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
