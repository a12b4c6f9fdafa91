// A signed-out browser takes a shared folder as one ZIP, written to disk as it comes, and unpacks it.
// MERIDIAN_ZIP_MIB says how much is in it. Prints one line of JSON; exits with 1 and the reason on failure.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, open as openFile, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { journey } from "./journey.mjs";
import { call, newPerson, tokenOf, upload } from "./person.mjs";
import { addressOfStack } from "./visit.mjs";

const MIB = 1024 * 1024;
const LARGE = (Number(process.env.MERIDIAN_ZIP_MIB ?? 32) * MIB) / 4;
const STORAGE = "/storage/api/v1";
const SAVED = "saved.zip";
/** A browser hands over so much of a file at a time. */
const SLICE = 4 * MIB;
/** However much is in the folder, the page needs no more than this for it. */
const MOST_HEAP_MIB = 48;
const LOOK_MS = 500;
const MOST_LOOKS = 12;

const address = await addressOfStack();
const folder = await mkdtemp(join(tmpdir(), "meridian-zip-"));
await journey(async ({ open, step }) => {
  step("share a folder");
  const owner = await newPerson(address);
  const token = await tokenOf(address, owner);
  const sent = new Map();
  const send = async (path, name, size) => {
    const bytes = randomBytes(size);
    await upload(address, token, name, "application/octet-stream", bytes, {
      folder: path,
    });
    sent.set(`${path.slice("/harbour".length)}/${name}`.slice(1), sha256(bytes));
  };
  for (const number of [1, 2, 3, 4]) await send("/harbour", `film ${number}.mp4`, LARGE);
  await send("/harbour/бухта", "закат.jpg", 30_000);
  await send("/harbour/бухта/north", "закат.jpg", 20_000);
  await send("/harbour", "empty.txt", 0);
  const { items } = await call(address, "GET", `${STORAGE}/folders`, undefined, token);
  const { id, url } = await call(address, "POST", `${STORAGE}/folders/${items[0].id}/links`, {}, token);

  step("take it as a ZIP");
  const guest = await open();
  // The question where to save cannot be answered by a script; the file is a real one all the same.
  await guest.addInitScript((name) => {
    window.showSaveFilePicker = async () =>
      (await navigator.storage.getDirectory()).getFileHandle(name, {
        create: true,
      });
  }, SAVED);
  await guest.goto(url);
  const stopWatching = await watchMemory(guest);
  await guest.getByRole("button", { name: "Download all as a ZIP" }).click();
  const done = guest.getByText(`Done: ${sent.size} files in one ZIP.`);
  await done.waitFor({ timeout: 20_000 + LARGE / 200 });
  const memory = stopWatching();
  assert.ok(Math.max(...memory.heap_mib) < memory.heap_mib[0] + MOST_HEAP_MIB, JSON.stringify(memory));

  step("unpack and compare it");
  const zip = join(folder, SAVED);
  await copyOut(guest, zip);
  execFileSync("python3", ["-m", "zipfile", "-e", zip, join(folder, "out")]);
  for (const [path, hash] of sent) {
    assert.equal(sha256(await readFile(join(folder, "out", path))), hash, path);
  }

  step("end the link while its page is open");
  const headers = { Authorization: `Bearer ${token}` };
  const ended = await fetch(`${address}${STORAGE}/links/${id}`, {
    method: "DELETE",
    headers,
  });
  assert.ok(ended.ok, `ended with ${ended.status}`);
  await guest.evaluate(() => window.dispatchEvent(new Event("focus")));
  await guest.getByText("This link leads nowhere").waitFor();
  console.log(JSON.stringify({ files: sent.size, bytes: 4 * LARGE, ...memory }));
});
await rm(folder, { recursive: true });

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

async function copyOut(page, path) {
  const out = await openFile(path, "w");
  for (let at = 0, text = null; text !== ""; at += SLICE) {
    text = await page.evaluate(
      async ([name, from, to]) => {
        const directory = await navigator.storage.getDirectory();
        const file = await (await directory.getFileHandle(name)).getFile();
        const bytes = new Uint8Array(await file.slice(from, to).arrayBuffer());
        let binary = "";
        for (let start = 0; start < bytes.length; start += 32_768) {
          binary += String.fromCharCode(...bytes.subarray(start, start + 32_768));
        }
        return btoa(binary);
      },
      [SAVED, at, at + SLICE],
    );
    await out.write(Buffer.from(text, "base64"));
  }
  await out.close();
}

/** Looks at the memory of a page now and then; what it gives ends that, with a dozen of what was seen. */
async function watchMemory(page) {
  const [own, whole] = [
    await page.context().newCDPSession(page),
    await page.context().browser().newBrowserCDPSession(),
  ];
  await own.send("Performance.enable");
  const [heap, all] = [[], []];
  const look = async () => {
    const { metrics } = await own.send("Performance.getMetrics");
    heap.push(metrics.find(({ name }) => name === "JSHeapUsedSize").value / MIB);
    const { processInfo } = await whole.send("SystemInfo.getProcessInfo");
    const renderers = processInfo.filter(({ type }) => type === "renderer");
    const sizes = await Promise.all(renderers.map(({ id }) => residentMib(id)));
    all.push(sizes.reduce((sum, size) => sum + size, 0));
  };
  await look();
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_MS);
  return () => {
    clearInterval(timer);
    return {
      looks: heap.length,
      heap_mib: thinned(heap),
      renderers_mib: thinned(all),
    };
  };
}

async function residentMib(pid) {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** The most of each of a dozen stretches. */
function thinned(seen) {
  const length = Math.ceil(seen.length / MOST_LOOKS);
  const stretches = Array.from({ length: Math.ceil(seen.length / length) }, (_, at) =>
    seen.slice(at * length, (at + 1) * length),
  );
  return stretches.map((stretch) => Math.round(Math.max(...stretch)));
}
