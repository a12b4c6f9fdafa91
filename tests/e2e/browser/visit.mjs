// Shows the page in a state, in a size, a theme and a language.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { sitDown } from "./journey.mjs";
import { fill, newPerson } from "./person.mjs";

export const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
export const THEMES = ["light", "dark"];
export const LANGUAGES = { en: "en-US", ru: "ru-RU" };
const PATIENCE_MS = 60_000;

/** Where the running stack answers: MERIDIAN_ADDRESS, else what `run.json` of MERIDIAN_HOME says. */
export async function addressOfStack() {
  return process.env.MERIDIAN_ADDRESS ?? (await readStack()).address;
}

/** Who may do everything: MERIDIAN_USERNAME with MERIDIAN_PASSWORD, else whom `run.json` names. */
async function administratorOfStack() {
  const { MERIDIAN_USERNAME: username, MERIDIAN_PASSWORD: password } = process.env;
  if (username && password) return { username, password };
  return (await readStack()).accounts.find((account) => account.is_superuser);
}

async function readStack() {
  const home = process.env.MERIDIAN_HOME ?? new URL("../../../.meridian", import.meta.url).pathname;
  return JSON.parse(await readFile(join(home, "run.json"), "utf8"));
}

/** Makes the people of the states, and gives what opens a state for them. */
export async function meet(browser, address) {
  const [empty, full] = [await newPerson(address), await newPerson(address)];
  await fill(address, full);
  const people = { empty, full, admin: await administratorOfStack() };

  /** Opens a state and hands it to `look`. One log-in and one tab serve all: a new tab costs more than a state. */
  return async function visit({ size, theme, language }, states, look) {
    for (const who of ["guest", "empty", "full", "admin"]) {
      const context = await browser.newContext({
        viewport: SIZES[size],
        locale: LANGUAGES[language],
        colorScheme: theme,
        reducedMotion: "reduce",
        hasTouch: size === "phone",
        isMobile: size === "phone",
      });
      await sitDown(context);
      if (who !== "guest") await logIn(context, address, people[who]);
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      // A page with uploads asks before it is left.
      page.on("dialog", (question) => question.accept());
      for (const state of states.filter((one) => one.who === who)) {
        await show(page, context, address, state, people[who]);
        await look(page, state);
        await context.setOffline(false);
        await page.unrouteAll({ behavior: "ignoreErrors" });
      }
      await context.close();
    }
  };
}

async function logIn(context, address, { username, password }) {
  const page = await context.newPage();
  await page.goto(`${address}/login`);
  await page.locator("input[name=username]").fill(username);
  await page.locator("input[name=password]").fill(password);
  await page.keyboard.press("Enter");
  const refusal = page.locator("[role=alert] .problem");
  await page.locator("[data-file-id], [data-testid=drop-zone]").or(refusal).first().waitFor({ timeout: PATIENCE_MS });
  if ((await refusal.count()) > 0) throw new Error(`refused: ${await refusal.textContent()}`);
  await page.close();
}

async function show(page, context, address, state, person) {
  try {
    await open(page, context, address, state, person);
  } catch (error) {
    throw new Error(`the state "${state.name}" was not reached`, { cause: error });
  }
}

async function open(page, context, address, { path = "/", ready, prepare, reach }, person) {
  await prepare?.(page);
  await page.goto(address + (typeof path === "function" ? path(person) : path));
  await page.locator(ready).first().waitFor();
  await page.evaluate(() => document.fonts.ready);
  await reach?.(page, context, person);
  // What opens, opens within 200 ms.
  await page.waitForTimeout(350);
}
