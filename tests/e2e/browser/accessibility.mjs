// Looks at every state of the page with axe, then without a pointer and 320 px wide. Prints one line of JSON;
// exits with 1 where somebody would be shut out: what axe calls serious or critical, a dialog that takes no
// keyboard, a page that has to be moved sideways. In CI a state is looked at in one of two views, by turns;
// MERIDIAN_VIEWS=all are all sizes and themes. What waits for a page in one view leaves the processor to the others.

import { readFile } from "node:fs/promises";

import { launchChromium } from "./chromium.mjs";
import { dialogFaults } from "./dialogs.mjs";
import { STATES } from "./states.mjs";
import { addressOfStack, meet } from "./visit.mjs";

const AXE = await readFile(new URL("../../../frontend/node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const GRAVE = new Set(["serious", "critical"]);
const wanted = process.argv.slice(2);
const states = STATES.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const NARROW = { width: 320, height: 640 };
const PATIENCE_MS = 3_000;
const VIEWS = [
  { size: "desktop", theme: "light", language: "en" },
  { size: "phone", theme: "dark", language: "ru" },
];
if (process.env.MERIDIAN_VIEWS === "all")
  VIEWS.push({ size: "desktop", theme: "dark", language: "ru" }, { size: "phone", theme: "light", language: "en" });
const findings = [];
let looks = 0;

const browser = await launchChromium();
try {
  const visit = await meet(browser, await addressOfStack());
  await Promise.all(
    VIEWS.map((view) => visit(view, states.filter(isSeenIn(view)), (page, { name }) => lookAt(page, name, view))),
  );
} finally {
  await browser.close();
}

async function lookAt(page, state, view) {
  looks += 1;
  await page.evaluate(AXE);
  const violations = await page.evaluate(violationsHere);
  for (const { id, impact, nodes } of violations.filter(({ impact }) => GRAVE.has(impact))) {
    findings.push({ state, ...view, id, impact, where: nodes.slice(0, 3).map(describe) });
  }
  for (const id of [...(await widthFaults(page)), ...(await dialogFaults(page))]) findings.push({ state, ...view, id });
}

/** Runs in the page: all that is well there is many times as much, and stays there. */
async function violationsHere() {
  return (await globalThis.axe.run({ resultTypes: ["violations"] })).violations;
}

function isSeenIn(view) {
  return (_, index) => !process.env.CI || VIEWS[index % VIEWS.length] === view;
}

async function widthFaults(page) {
  const size = page.viewportSize();
  await page.setViewportSize(NARROW);
  // What reacts to the size, and a menu that is moved, need a moment.
  const fits = ({ width }) => document.documentElement.scrollWidth <= width;
  const isNarrow = await page.waitForFunction(fits, NARROW, { timeout: PATIENCE_MS }).then(
    () => true,
    () => false,
  );
  await page.setViewportSize(size);
  return isNarrow ? [] : [`has to be moved sideways where it is ${NARROW.width} px wide`];
}

function describe({ target, any }) {
  return `${target.join(" ")} ${any[0]?.message ?? ""}`.trim();
}

for (const finding of findings) console.error(JSON.stringify(finding));
console.log(JSON.stringify({ looks, findings: findings.length }));
process.exitCode = findings.length === 0 && looks > 0 ? 0 : 1;
