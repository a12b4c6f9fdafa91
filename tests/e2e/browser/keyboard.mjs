// Somebody without a mouse puts files in order: every step is a key.

import assert from "node:assert/strict";

import { call } from "./person.mjs";

const STORAGE = "/storage/api/v1";

/** What the browser is told early, else the first dialog opens unseen. */
export function expectChooser(page) {
  page.on("filechooser", () => undefined);
}

/** Uploads, makes a folder, renames, moves, throws away and takes back, in the folder that is open. */
export async function workByKeyboard(page, address, token) {
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), press("u")]);
  await chooser.setFiles({ name: "draft.txt", mimeType: "text/plain", buffer: Buffer.from("by keys") });
  await page.locator('[data-file-name="draft.txt"]').waitFor();

  await press("n");
  await page.locator(".v-overlay--active input").waitFor();
  await page.keyboard.type("papers");
  await press("Enter");
  const folder = page.locator('[data-folder-name="papers"]');
  await folder.waitFor();
  await page.locator(".v-overlay--active").waitFor({ state: "detached" });

  await press("End", "F2");
  await page.locator("[data-file-name] input").first().waitFor();
  await press("Control+a");
  await page.keyboard.type("letter.txt");
  await press("Enter");
  const file = page.locator('[data-file-name="letter.txt"]');
  await file.waitFor();

  await press("Control+x", "Home", "Enter");
  await page.waitForURL(/\/folders\//);
  await file.waitFor({ state: "detached" });
  await press("Control+v");
  await file.waitFor();
  const [{ folder: path }] = (await call(address, "GET", `${STORAGE}/files?q=letter`, undefined, token)).items;
  assert.equal(path, "/papers");

  await press("Home", "Delete");
  await file.waitFor({ state: "detached" });
  await press("Control+z");
  await file.waitFor();
  await press("Backspace");
  await folder.waitFor();
}
