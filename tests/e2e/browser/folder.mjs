// A person uploads a folder of 300 files in five levels, uploads one of them again, moves and takes back.
// Prints one line of JSON; exits with 1 and the reason on failure.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { journey, logIn } from "./journey.mjs";
import { saveUnderTheirNames } from "./names.mjs";
import { call, newPerson, tokenOf, upload } from "./person.mjs";
import { addressOfStack } from "./visit.mjs";

const LEVELS = ["survey", "north", "бухта", "day 1", "raw"];
const IN_EACH = 60;
const COUNT = LEVELS.length * IN_EACH;
const STORAGE = "/storage/api/v1";
const ARRIVAL_MS = 90_000;

const address = await addressOfStack();
const folder = await mkdtemp(join(tmpdir(), "meridian-folder-"));
await journey(async ({ open, step }) => {
  step("upload a folder");
  const sent = await fillFolder();
  const person = await newPerson(address);
  const token = await tokenOf(address, person);
  await upload(address, token, "readme.txt", "text/plain", randomBytes(10));
  const page = await open();
  await logIn(page, address, person);
  await page.locator("input[webkitdirectory]").setInputFiles(join(folder, LEVELS[0]));
  await page.getByText(`All ${COUNT} files have arrived`).waitFor({ timeout: ARRIVAL_MS });
  await page.getByRole("button", { name: "Close", exact: true }).click();

  step("find every file where it was");
  assert.deepEqual(await stored(token), sent);
  await page.locator(`[data-folder-name="${LEVELS[0]}"]`).dblclick();
  await page.locator(`[data-folder-name="${LEVELS[1]}"]`).waitFor();
  const first = page.locator('[data-file-name="0.txt"]');
  await first.waitFor();

  step("keep both of one name");
  await page.locator("input[type=file]").first().setInputFiles(join(folder, LEVELS[0], "0.txt"));
  await page.getByText("This name is taken").waitFor();
  await page.getByRole("button", { name: "Keep both" }).click();
  const second = page.locator('[data-file-name="0 (2).txt"]');
  await second.waitFor();

  step("drag it into a folder, and take that back");
  await page.getByText("The file has arrived").waitFor();
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await second.locator("[draggable=true]").first().dragTo(page.locator(`[data-folder-name="${LEVELS[1]}"]`));
  await page.getByText(`“0 (2).txt” is now in “${LEVELS[1]}”.`).waitFor();
  await second.waitFor({ state: "detached" });
  await page.keyboard.press("Control+z");
  await second.waitFor();

  step("save files of odd names under them");
  const { id } = await call(address, "POST", `${STORAGE}/folders`, { name: "odd names" }, token);
  await page.goto(`${address}/folders/${id}`);
  const names = await saveUnderTheirNames(page, address, token, id);
  console.log(JSON.stringify({ files: sent.size, names }));
});
await rm(folder, { recursive: true });

/** Makes the folder; the hash of each file by its path. */
async function fillFolder() {
  const made = new Map();
  let path = folder;
  let inside = "";
  for (const level of LEVELS) {
    path = join(path, level);
    inside += `/${level}`;
    await mkdir(path);
    for (let number = 0; number < IN_EACH; number += 1) {
      const bytes = randomBytes(500);
      await writeFile(join(path, `${number}.txt`), bytes);
      made.set(`${inside}/${number}.txt`, createHash("sha256").update(bytes).digest("hex"));
    }
  }
  return new Map([...made].sort());
}

/** The same of what is stored. */
async function stored(token) {
  const found = new Map();
  for (let cursor = ""; cursor !== null;) {
    const query = `folder=/${LEVELS[0]}&deep=true&limit=200${cursor && `&cursor=${cursor}`}`;
    const page = await call(address, "GET", `${STORAGE}/files?${query}`, undefined, token);
    for (const { folder: at, name, sha256 } of page.items) found.set(`${at}/${name}`, sha256);
    cursor = page.next;
  }
  return new Map([...found].sort());
}
