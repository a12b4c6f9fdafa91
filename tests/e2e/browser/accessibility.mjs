// Looks at every state of the page with axe, in both themes and sizes. Prints one line of JSON; exits with
// 1 where somebody would be shut out: what axe calls serious or critical. In CI a state is looked at in one
// of the views, by turns.

import { readFile } from "node:fs/promises";

import { launchChromium } from "./chromium.mjs";
import { STATES } from "./states.mjs";
import { addressOfStack, meet } from "./visit.mjs";

const AXE = await readFile(new URL("../../../frontend/node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const GRAVE = new Set(["serious", "critical"]);
const wanted = process.argv.slice(2);
const states = STATES.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const VIEWS = [
  { size: "desktop", theme: "light", language: "en" },
  { size: "phone", theme: "dark", language: "ru" },
];
const findings = [];
let looks = 0;

const browser = await launchChromium();
try {
  const visit = await meet(browser, await addressOfStack());
  for (const view of VIEWS) {
    await visit(view, states.filter(isSeenIn(view)), async (page, { name }) => {
      looks += 1;
      await page.evaluate(AXE);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      for (const { id, impact, nodes } of violations.filter(({ impact }) => GRAVE.has(impact))) {
        findings.push({ state: name, ...view, id, impact, where: nodes.slice(0, 3).map(describe) });
      }
    });
  }
} finally {
  await browser.close();
}

function isSeenIn(view) {
  return (_, index) => !process.env.CI || VIEWS[index % VIEWS.length] === view;
}

function describe({ target, any }) {
  return `${target.join(" ")} ${any[0]?.message ?? ""}`.trim();
}

for (const finding of findings) console.error(JSON.stringify(finding));
console.log(JSON.stringify({ looks, findings: findings.length }));
process.exitCode = findings.length === 0 && looks > 0 ? 0 : 1;
