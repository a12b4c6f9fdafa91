import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts headless Chromium with a profile of its own; CHROMIUM_PATH, else the first found on PATH. */
export async function launchChromium() {
  return playwright().launch({ executablePath: findChromium(), args: FLAGS });
}

/** One whose profile is that folder: what a page saves lies there, and not in memory as with the others. */
export async function launchWithProfile(folder, options) {
  return playwright().launchPersistentContext(folder, { executablePath: findChromium(), args: FLAGS, ...options });
}

function playwright() {
  const require = createRequire(new URL("../../../frontend/package.json", import.meta.url));
  return require("playwright-core").chromium;
}

function findChromium() {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (existsSync(given)) return given;
    throw new Error(`CHROMIUM_PATH names ${given}, which is not there`);
  }
  const folders = (process.env.PATH ?? "").split(delimiter).concat("/usr/bin");
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
  if (found) return found;
  throw new Error("no Chromium found: install the package chromium, or set CHROMIUM_PATH");
}
