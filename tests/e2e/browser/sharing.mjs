// Somebody shares a file by a link with a password and a limit; signed-out browsers use it up; it is ended.
// Prints one line of JSON; exits with 1 and the reason on failure.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";

import { fault } from "./faults.mjs";
import { journey, logIn, sitDown } from "./journey.mjs";
import { call, newPerson, tokenOf, upload } from "./person.mjs";
import { addressOfStack } from "./visit.mjs";

const NAME = "договор с музеем.txt";
const WORDS = "seven green boats";
const BODY = Buffer.from(`The museum opens at nine. ${randomBytes(20_000).toString("base64")}`);

const address = await addressOfStack();
await journey(async ({ open, step }) => {
  step("share a file");
  const owner = await newPerson(address);
  const token = await tokenOf(address, owner);
  const file = await upload(address, token, NAME, "text/plain", BODY);
  const page = await open();
  await logIn(page, address, owner);
  await page.getByRole("button", { name: `More for ${NAME}` }).click();
  await page.locator(".v-list-item.share").click();
  await page.locator("input[name=limit]").fill("2");
  await page.locator("input[name=link-password]").fill(WORDS);
  await page.getByRole("button", { name: "Create link" }).click();
  const url = await page.locator(".url").inputValue();
  await page.locator("[role=dialog] svg[role=img]").waitFor();
  await page.getByRole("button", { name: "Done" }).click();

  step("know nothing before the password");
  const guest = await open({ locale: "ru-RU" });
  await guest.goto(url);
  await guest.locator("input[name=password]").waitFor();
  assert.equal((await guest.content()).includes("музеем"), false);
  assert.equal(await guest.title(), "С вами поделились · Meridian");

  step("open it with the password");
  await guest.locator("input[name=password]").fill("seven red boats");
  await guest.keyboard.press("Enter");
  await guest.getByText("Пароль не подошёл.").waitFor();
  await unlock(guest);
  await guest.getByText("The museum opens at nine").waitFor({ state: "detached" });
  await guest.getByRole("button", { name: "Посмотреть" }).click();
  await guest.getByText("The museum opens at nine").waitFor();

  step("download it, twice for one count");
  assert.ok((await download(guest)).equals(BODY));
  assert.ok((await download(guest)).equals(BODY));
  const second = await open();
  await second.goto(url);
  await unlock(second);
  assert.ok((await download(second)).equals(BODY));
  const third = await open();
  await third.goto(url);
  await third.locator("input[name=password]").fill(WORDS);
  await third.keyboard.press("Enter");
  await third.getByRole("heading", { name: "This link is used up" }).waitFor();

  step("allow more, then end it");
  await page.goto(`${address}/links`);
  await page.getByText("2 downloads of 2").waitFor();
  await page.getByRole("button", { name: `Change link ${NAME}` }).click();
  await page.locator("input[name=limit]").fill("9");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("[data-state=open]").waitFor();
  await third.reload();
  await unlock(third);
  await page.getByRole("button", { name: `End link ${NAME}` }).click();
  await page.locator("[role=dialog]").getByRole("button", { name: "End link" }).click();
  await page.getByRole("heading", { name: "No links yet" }).waitFor();
  await third.locator(".download").click();
  await third.getByRole("heading", { name: "This link leads nowhere" }).waitFor();
  await guest.reload();
  await guest.getByRole("heading", { name: "Ссылка никуда не ведёт" }).waitFor();

  step("download by a program");
  const free = await call(address, "POST", `/storage/api/v1/files/${file.id}/links`, {}, token);
  const got = execFileSync("curl", ["-sSfL", "--max-time", "20", `${free.url}/dl`]);
  assert.ok(got.equals(BODY));
  step("download from the next city when the nearest has just died");
  while ((await call(address, "GET", `/storage/api/v1/files/${file.id}`, undefined, token)).replicas.ready < 3) {
    await page.waitForTimeout(100);
  }
  const late = await open();
  await sitDown(late, process.env.MERIDIAN_BOSTON);
  await late.goto(free.url);
  await late.locator(".download").waitFor();
  await fault("new-york", { down: true });
  assert.ok((await download(late)).equals(BODY));

  step("say what it is without scripts");
  const plain = await open({ javaScriptEnabled: false });
  await plain.goto(free.url);
  assert.match(await plain.locator("body").innerText(), /Somebody shared a file or a folder with you/);
  console.log(
    JSON.stringify({
      bytes: BODY.length,
      address: new URL(url).pathname.length,
    }),
  );
});

/** Opened by the password, the page shows what the file is called. */
async function unlock(guest) {
  await guest.locator("input[name=password]").fill(WORDS);
  await guest.keyboard.press("Enter");
  await guest.locator(".download").waitFor();
  assert.match(await guest.locator("h1").innerText(), /договор/);
}

async function download(guest) {
  const [saved] = await Promise.all([guest.waitForEvent("download"), guest.locator(".download").click()]);
  assert.equal(saved.suggestedFilename(), NAME);
  return readFile(await saved.path());
}
