// Somebody asks for files; a signed-out browser sends three, one of them over a network that breaks and after the
// page was left; the request is ended while its page is open. Prints one line of JSON; exits with 1 and the reason
// on failure.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { journey, logIn } from "./journey.mjs";
import { call, newPerson, tokenOf } from "./person.mjs";
import { addressOfStack } from "./visit.mjs";

const TITLE = "Photos of the harbour";
const LARGE = 40_000_000;

const address = await addressOfStack();
const folder = await mkdtemp(join(tmpdir(), "meridian-sent-"));
await journey(async ({ open, step }) => {
  step("ask for files");
  const owner = await newPerson(address);
  const token = await tokenOf(address, owner);
  const page = await open();
  await logIn(page, address, owner);
  await page.goto(`${address}/requests`);
  await page.locator(".blank .ask").click();
  await page.locator("input[name=request-title]").fill(TITLE);
  await page.locator("input[name=max-files]").fill("3");
  await page.locator("input[name=request-password]").fill("seven green boats");
  await page.getByRole("button", { name: "Make the address" }).click();
  const url = await page.locator(".url").inputValue();
  await page.locator("[role=dialog] svg[role=img]").waitFor();
  await page.getByRole("button", { name: "Done" }).click();

  step("send two files");
  const guest = await open({ locale: "ru-RU" });
  await guest.goto(url);
  await guest.locator("input[name=password]").fill("seven green boats");
  await guest.keyboard.press("Enter");
  await guest.locator("input[name=sender]").fill("Мария");
  const small = [await file("one.txt", 2_000), await file("two.txt", 3_000)];
  await guest.locator("input[type=file]").setInputFiles(small);
  await guest.locator("[data-state=done]").nth(1).waitFor();
  await page.getByText(`A file came by the request “${TITLE}”`).waitFor();

  step("leave the page in the middle of the third");
  const large = await file("three.bin", LARGE);
  const [arrived, again] = [new Set(), new Set()];
  let puts = 0;
  guest.on("dialog", (dialog) => dialog.accept());
  guest.on("response", (answer) => {
    if (answer.request().method() === "PUT" && answer.ok()) arrived.add(partOf(answer.url()));
  });
  await guest.route(/X-Amz-Signature/, (route) => {
    if (route.request().method() !== "PUT") return route.continue();
    puts += 1;
    return puts <= 2 ? route.continue() : undefined;
  });
  await guest.locator("input[type=file]").setInputFiles([large]);
  while (arrived.size < 2) await guest.waitForTimeout(50);
  await guest.reload();

  step("go on where it was, over a network that breaks");
  const before = new Set(arrived);
  await guest.unroute(/X-Amz-Signature/);
  await guest.route(/X-Amz-Signature/, (route) => {
    if (route.request().method() !== "PUT") return route.continue();
    const isFirst = again.size === 0;
    again.add(partOf(route.request().url()));
    puts += 1;
    return isFirst ? route.abort("connectionreset") : route.continue();
  });
  await guest.locator("input[name=password]").fill("seven green boats");
  await guest.keyboard.press("Enter");
  await guest.locator("input[type=file]").setInputFiles([large]);
  await guest.locator("[data-state=done]").waitFor({ timeout: 60_000 });
  assert.ok(again.size > 0);
  assert.deepEqual(
    [...again].filter((part) => before.has(part)),
    [],
    "what had arrived is not sent again",
  );

  step("see what came, and who sent it");
  await page.getByText("3 files of 3").waitFor();
  const { items } = await call(address, "GET", "/storage/api/v1/files?deep=true&sort=name", undefined, token);
  const sent = items.map(({ name, size, folder: path }) => `${path}/${name} ${size}`).sort();
  const into = `/${TITLE}`;
  assert.deepEqual(sent, [`${into}/one.txt 2000`, `${into}/three.bin ${LARGE}`, `${into}/two.txt 3000`]);
  await page.goto(`${address}/history?event=DROP`);
  await page.getByText(`Received one.txt by the request ${TITLE}`).waitFor();
  await page.getByText("from Мария").first().waitFor();

  step("let no more in than was said, and end it");
  const late = await open();
  await late.goto(url);
  await late.locator("input[name=password]").fill("seven green boats");
  await late.keyboard.press("Enter");
  await late.locator("input[name=sender], [role=status]").first().waitFor();
  assert.equal(await late.locator("input[type=file]").count(), 0);
  await page.goto(`${address}/requests`);
  await page.getByRole("button", { name: `End the request ${TITLE}` }).click();
  await page.locator("[role=dialog]").getByRole("button", { name: "End request" }).click();
  await page.getByRole("heading", { name: "No requests yet" }).waitFor();
  await late.reload();
  await late.locator(".over h1").waitFor();
  console.log(JSON.stringify({ files: items.length, puts }));
});
await rm(folder, { recursive: true });

function partOf(url) {
  return new URL(url).searchParams.get("partNumber");
}

async function file(name, size) {
  const path = join(folder, name);
  await writeFile(path, randomBytes(size));
  return path;
}
