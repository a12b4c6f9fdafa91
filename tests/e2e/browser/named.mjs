// Two people share by name, both ways: a folder to write into and a file to read; what is ended is gone from an
// open page at once. Prints one line of JSON; exits with 1 and the reason on failure.

import assert from "node:assert/strict";

import { journey, logIn } from "./journey.mjs";
import { call, newPerson, tokenOf, upload } from "./person.mjs";
import { addressOfStack } from "./visit.mjs";

const API = "/storage/api/v1";

const address = await addressOfStack();
await journey(async ({ open, step }) => {
  step("share a folder to write into");
  const [anna, boris] = [await newPerson(address), await newPerson(address)];
  const [ofAnna, ofBoris] = [await tokenOf(address, anna), await tokenOf(address, boris)];
  await upload(address, ofAnna, "list.txt", "text/plain", Buffer.from("list"));
  await upload(address, ofAnna, "plan.txt", "text/plain", Buffer.from("plan"), {
    folder: "/work",
  });
  const note = await upload(address, ofBoris, "note.txt", "text/plain", Buffer.from("note"));
  const page = await open();
  const other = await open();
  await logIn(page, address, anna);
  await logIn(other, address, boris);
  await other.goto(`${address}/shared`);
  await other.getByRole("heading", { name: "Nothing is shared with you" }).waitFor();
  await share(page, "work", boris.username, "write");

  step("see at once what is shared, and send a file into it");
  await other.getByRole("link", { name: "work" }).click();
  await other.locator("[data-file-name='plan.txt']").waitFor();
  await other
    .locator("input[type=file]")
    .first()
    .setInputFiles({
      name: "reply.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("reply"),
    });
  await other.locator("[data-file-name='reply.txt']").waitFor();
  await page
    .getByRole("button", { name: "Done", exact: true })
    .or(page.getByRole("button", { name: "Cancel" }))
    .first()
    .click();
  const { items } = await call(address, "GET", `${API}/files?folder=/work`, undefined, ofAnna);
  assert.deepEqual(items.map(({ name, access }) => `${name} ${access}`).sort(), ["plan.txt owner", "reply.txt owner"]);

  step("lose an open folder at once when it ends");
  await endGrant(address, ofAnna, "folders", items[0].folder_id, ofBoris);
  await other.getByRole("heading", { name: "This folder is no longer here" }).waitFor();
  assert.equal(await other.locator("[data-file-name]").count(), 0);

  step("share a file the other way, to write");
  await other.goto(address);
  await share(other, "note.txt", anna.username, "write");
  await page.goto(`${address}/shared`);
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download note.txt" }).click(),
  ]);
  assert.equal(saved.suggestedFilename(), "note.txt");

  step("write over it, and rename it");
  await page
    .locator("[data-shared-id] input[type=file]")
    .setInputFiles({ name: "from my disk.txt", mimeType: "text/plain", buffer: Buffer.from("the second") });
  await page.getByText("10 B").first().waitFor();
  await page.getByRole("button", { name: "Rename note.txt" }).click();
  await page.locator("[role=dialog] input").fill("answer.txt");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Download answer.txt" }).waitFor();
  const now = await call(address, "GET", `${API}/files/${note.id}`, undefined, ofBoris);
  assert.deepEqual([now.name, now.version, now.size], ["answer.txt", 2, 10]);

  step("lose it at once when it ends");
  await other.locator(`[role=dialog] [data-user-id] button`).click();
  const started = Date.now();
  await page.getByRole("heading", { name: "Nothing is shared with you" }).waitFor();
  const seconds = (Date.now() - started) / 1000;
  const refused = await fetch(`${address}${API}/files/${note.id}`, {
    headers: { Authorization: `Bearer ${ofAnna}` },
  });
  assert.equal(refused.status, 404);
  console.log(JSON.stringify({ files: items.length, gone_after_seconds: seconds }));
});

/** Ends what is shared with whoever has that token. */
async function endGrant(address, owner, things, id, other) {
  const { id: user } = await call(address, "GET", "/auth/api/v1/me", undefined, other);
  const ended = await fetch(`${address}${API}/${things}/${id}/grants/${user}`, {
    method: "DELETE",
    headers: { Authorization: `Bearer ${owner}` },
  });
  assert.equal(ended.status, 204);
}

/** Opens the dialog of a row, names somebody, and waits until they are in the list. */
async function share(page, name, username, access) {
  await page.getByRole("button", { name: `More for ${name}` }).click();
  await page.locator(".v-list-item.share").click();
  await page.locator("input[name=person]").fill(username);
  await page.locator("[role=dialog] .people .form select").selectOption(access);
  await page.locator("[role=dialog] .people .form button[type=submit]").click();
  await page.locator("[role=dialog] [data-user-id]").waitFor();
}
