// A signed-out browser takes a shared folder as one ZIP, written to disk as it comes, and unpacks it.
// MERIDIAN_ZIP_MIB says how much is in it, MERIDIAN_ZIP_FILES how many small files are beside that.
// Prints one line of JSON; exits with 1 and the reason on failure.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { journey } from "./journey.mjs";
import { largestIn, unpack, watchMemory } from "./on-disk.mjs";
import { call, newPerson, tokenOf, upload } from "./person.mjs";
import { addressOfStack } from "./visit.mjs";

const MIB = 1024 * 1024;
const LARGE = (Number(process.env.MERIDIAN_ZIP_MIB ?? 32) * MIB) / 4;
const MANY = Number(process.env.MERIDIAN_ZIP_FILES ?? 12);
const SENDERS = 4;
const STORAGE = "/storage/api/v1";
const SAVED = "saved.zip";
/** However much is in the folder, the page needs no more than this for it. */
const MOST_HEAP_MIB = 48;
/** It says how far it is: without a step for so long it hangs. */
const STILL_MS = 30_000;

const address = await addressOfStack();
const folder = await mkdtemp(join(tmpdir(), "meridian-zip-"));
const profile = join(folder, "profile");
await journey(async ({ openIn, step }) => {
  step("share a folder");
  const owner = await newPerson(address);
  const token = await tokenOf(address, owner);
  const sent = new Map();
  const send = async (path, name, size) => {
    const bytes = randomBytes(size);
    await upload(address, token, name, "application/octet-stream", bytes, { folder: path });
    sent.set(`${path.slice("/harbour".length)}/${name}`.slice(1), createHash("sha256").update(bytes).digest("hex"));
  };
  for (const number of [1, 2, 3, 4]) await send("/harbour", `film ${number}.mp4`, LARGE);
  await send("/harbour/бухта", "закат.jpg", 30_000);
  await send("/harbour/бухта/north", "закат.jpg", 20_000);
  await send("/harbour", "empty.txt", 0);
  const small = Array.from({ length: MANY }, (_, at) => `shell ${at}.txt`);
  const sendSome = async () => {
    for (let name = small.pop(); name !== undefined; name = small.pop()) await send("/harbour/shells", name, 1_000);
  };
  await Promise.all(Array.from({ length: SENDERS }, sendSome));
  const { items } = await call(address, "GET", `${STORAGE}/folders`, undefined, token);
  const { id, url } = await call(address, "POST", `${STORAGE}/folders/${items[0].id}/links`, {}, token);

  step("take it as a ZIP");
  const guest = await openIn(profile);
  // The question where to save cannot be answered by a script; the file is a real one all the same.
  await guest.addInitScript((name) => {
    window.showSaveFilePicker = async () =>
      (await navigator.storage.getDirectory()).getFileHandle(name, { create: true });
  }, SAVED);
  await guest.goto(url);
  const memory = await watchMemory(guest, profile);
  const began = performance.now();
  await guest.getByRole("button", { name: "Download all as a ZIP" }).click();
  await finish(guest, guest.getByText(`Done: ${sent.size} files in one ZIP.`));
  const seconds = (performance.now() - began) / 1000;
  const seen = memory.stop();
  assert.ok(Math.max(...seen.heap_mib) < seen.heap_mib[0] + MOST_HEAP_MIB, JSON.stringify(seen));

  step("unpack and compare it");
  await unpack(await largestIn(profile), join(folder, "out"));
  for (const [path, hash] of sent) {
    const found = createHash("sha256");
    await pipeline(createReadStream(join(folder, "out", path)), found);
    assert.equal(found.digest("hex"), hash, path);
  }

  step("end the link while its page is open");
  const headers = { Authorization: `Bearer ${token}` };
  const ended = await fetch(`${address}${STORAGE}/links/${id}`, { method: "DELETE", headers });
  assert.ok(ended.ok, `ended with ${ended.status}`);
  await guest.evaluate(() => window.dispatchEvent(new Event("focus")));
  await guest.getByText("This link leads nowhere").waitFor();
  const mib_per_second = Math.round((4 * LARGE) / MIB / seconds);
  const figures = { seconds: Math.round(seconds * 10) / 10, mib_per_second, ...seen };
  console.log(JSON.stringify({ files: sent.size, bytes: 4 * LARGE, ...figures }));
});
await rm(folder, { recursive: true });

/** Waits for the end as long as it goes on. */
async function finish(page, end) {
  for (let before = "", since = Date.now(); Date.now() - since < STILL_MS; ) {
    if (await end.isVisible()) return;
    const now = await page.locator(".zip").innerText();
    if (now !== before) [before, since] = [now, Date.now()];
    await page.waitForTimeout(200);
  }
  throw new Error(`it stands still: ${await page.locator(".zip").innerText()}`);
}
