// Somebody looks at files of each kind, goes back to an old version, throws away and takes out again.
// Prints one line of JSON; exits with 1 and the reason on failure.

import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";

import { journey, logIn } from "./journey.mjs";
import { expectChooser, workByKeyboard } from "./keyboard.mjs";
import { call, newPerson, tokenOf, upload } from "./person.mjs";
import { PHONE, tapThrough } from "./phone.mjs";
import { addressOfStack } from "./visit.mjs";

const API = "/storage/api/v1";
const SECONDS = 20;
const PDF = Buffer.from(
  "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj " +
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
);
// In the order in which a list by name shows them.
const FILES = [
  ["a.png", "image/png", picture()],
  ["b.wav", "audio/wav", sound(SECONDS)],
  ["c.pdf", "application/pdf", PDF],
  ["d.md", "text/markdown", Buffer.from("# Hello\n\n<img src=x onerror=alert(1)>")],
  ["e.txt", "text/plain", Buffer.from("the second version")],
  ["f.bin", "application/octet-stream", Buffer.from([1, 2, 3])],
];

const address = await addressOfStack();
await journey(async ({ open, step }) => {
  step("upload files of each kind");
  const owner = await newPerson(address);
  const token = await tokenOf(address, owner);
  await upload(address, token, "e.txt", "text/plain", Buffer.from("the first version"));
  for (const [name, type, bytes] of FILES) await upload(address, token, name, type, bytes);
  const page = await open();
  await logIn(page, address, owner);
  await page.goto(`${address}/?sort=name`);
  const choose = async (name, entry) => {
    await page.getByRole("button", { name: `More for ${name}` }).click();
    await page.locator(`.v-overlay ${entry}`).click();
  };

  step("look at a picture");
  await choose("a.png", ".look");
  await page.waitForFunction(() => document.querySelector("dialog img")?.naturalWidth === 2);

  step("seek in a sound");
  await page.keyboard.press("ArrowRight");
  await page.locator("audio").waitFor();
  const heard = await page.evaluate(seek, SECONDS / 2);
  assert.ok(heard.duration > SECONDS - 1 && Math.abs(heard.at - SECONDS / 2) < 1, JSON.stringify(heard));

  step("look at a PDF");
  await page.keyboard.press("ArrowRight");
  await page.locator("iframe.pdf").waitFor();

  step("look at Markdown, of which nothing is run");
  await page.getByRole("button", { name: "Next file" }).click();
  await page.locator("article h1").waitFor();
  assert.equal(await page.locator("article img").count(), 0);

  step("look at a text, and at what has no preview");
  await page.getByRole("button", { name: "Next file" }).click();
  await page.getByText("the second version").waitFor();
  await page.getByRole("button", { name: "Next file" }).click();
  await page.getByText("There is no preview of this kind of file").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });

  step("read where a file is");
  await choose("e.txt", ".details");
  await page.locator(".stop.ready").nth(2).waitFor();
  await page.getByText("Safe: verified in 3 cities.").waitFor();
  await page.getByText(/serves it: the (nearest|best) city with a copy/).waitFor();

  step("go back to the first version");
  await page.getByRole("tab", { name: "Versions" }).click();
  await page.getByRole("button", { name: "Make version 1 current" }).click();
  await page.locator("[data-version='3']").waitFor();
  await page.getByRole("tab", { name: "History" }).click();
  await page.locator(".drawer").getByText("Made version 1 of e.txt current again").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".drawer").waitFor({ state: "detached" });
  await choose("e.txt", ".look");
  await page.getByText("the first version").waitFor();
  await page.keyboard.press("Escape");

  step("take a file out of the trash");
  const { items } = await call(address, "GET", `${API}/files?sort=name&order=asc`, undefined, token);
  for (const { id } of items.slice(0, 3)) await call(address, "POST", `${API}/files/${id}/trash`, undefined, token);
  await page.goto(`${address}/trash`);
  await page.getByRole("button", { name: "Restore a.png" }).click();
  await page.getByText("a.png is back in Files.").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("button", { name: "Restore a.png" }).click();
  await page.locator("[data-name='a.png']").waitFor({ state: "detached" });

  step("empty the trash");
  await page.getByRole("button", { name: "Empty the trash" }).click();
  await page.getByText(/^2 files, .* will be erased in every city/).waitFor();
  await page.getByRole("button", { name: "Delete for ever" }).click();
  await page.getByRole("heading", { name: "The trash is empty" }).waitFor();
  const left = await call(address, "GET", `${API}/usage`, undefined, token);
  assert.deepEqual([left.files, left.trashed_files], [4, 0]);

  step("read all of it in the history, and save it");
  await page.goto(`${address}/history?event=FILE`);
  await page.getByText("Deleted b.wav for ever").waitFor();
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save as CSV" }).click(),
  ]);
  assert.equal(saved.suggestedFilename(), "history.csv");

  step("put files in order by keys alone");
  const other = await newPerson(address);
  const desk = await open();
  expectChooser(desk);
  await logIn(desk, address, other);
  await workByKeyboard(desk, address, await tokenOf(address, other));

  step("do it on a phone, in Russian");
  const phone = await open(PHONE);
  expectChooser(phone);
  await logIn(phone, address, other);
  await tapThrough(phone, picture());
  console.log(JSON.stringify({ looks: FILES.length, seconds: heard.duration }));
});

/** Goes to a second of the sound; where it is then, and how long all of it is. */
async function seek(second) {
  const audio = document.querySelector("audio");
  const until = (name) => new Promise((done) => audio.addEventListener(name, done, { once: true }));
  if (audio.readyState === 0) await until("loadedmetadata");
  audio.currentTime = second;
  await until("seeked");
  return { duration: audio.duration, at: audio.currentTime };
}

/** Silence of so many seconds. */
function sound(seconds) {
  const rate = 8_000;
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + rate * seconds, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write("data", 36);
  head.writeUInt32LE(rate * seconds, 40);
  return Buffer.concat([head, Buffer.alloc(rate * seconds, 128)]);
}

/** Two grey points side by side, as PNG. */
function picture() {
  const part = (name, body) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    const named = Buffer.concat([Buffer.from(name), body]);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc(named));
    return Buffer.concat([length, named, sum]);
  };
  const size = Buffer.from([0, 0, 0, 2, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const points = deflateSync(Buffer.from([0, 90, 160]));
  return Buffer.concat([signature, part("IHDR", size), part("IDAT", points), part("IEND", Buffer.alloc(0))]);
}

function crc(bytes) {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  return (rest ^ 0xffffffff) >>> 0;
}
