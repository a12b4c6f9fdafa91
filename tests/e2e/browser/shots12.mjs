// Pictures of every state of the page, in both themes, sizes and languages, of a running stack.
//
//   node screenshots.mjs [state …]      pictures go to MERIDIAN_OUTPUT, else reports/page

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { launchChromium } from "./chromium.mjs";
import { STATES } from "./states.mjs";
import { addressOfStack, LANGUAGES, meet, SIZES, THEMES } from "./visit.mjs";

const output = process.env.MERIDIAN_OUTPUT ?? new URL("../../../reports/page", import.meta.url).pathname;
const wanted = process.argv.slice(2);
const states = STATES.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
await mkdir(output, { recursive: true });

const browser = await launchChromium();
try {
  const visit = await meet(browser, await addressOfStack());
  await Promise.all([["phone","light","ru"],["desktop","dark","en"],["phone","dark","en"]].map(([size,theme,language]) =>
        visit({ size, theme, language }, states, (page, { name }) =>
          page.screenshot({ path: join(output, `${name}-${size}-${theme}-${language}.png`) }),
        )));
} finally {
  await browser.close();
}
console.log(`${states.length * 8} pictures in ${output}`);
