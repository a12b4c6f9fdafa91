// What the journeys through the page have in common: somebody at a browser, and what the browser complains of.

import { launchChromium, launchWithProfile } from "./chromium.mjs";
import { healAll } from "./faults.mjs";

const PATIENCE_MS = 30_000;

/** Runs a journey; exits with 1 and names the step that failed. */
export async function journey(run) {
  const complaints = [];
  let step = "start the browser";
  const browser = await launchChromium();
  const atHome = [];
  try {
    await run({
      open: (options) => open((all) => browser.newContext(all), complaints, options),
      openIn: (folder, options) =>
        open(async (all) => (atHome[atHome.length] = await launchWithProfile(folder, all)), complaints, options),
      step: (name) => (step = name),
    });
    if (complaints.length > 0) throw new Error("the browser complained");
  } catch (reason) {
    console.error(`FAILED to ${step}: ${reason.message}`);
    if (complaints.length > 0) console.error(complaints.join("\n"));
    process.exitCode = 1;
  } finally {
    await Promise.all([healAll(), ...[browser, ...atHome].map((one) => one.close())]);
  }
}

/** A browser of somebody's own. Refused calls are part of the journeys; broken scripts and policies are not. */
async function open(make, complaints, options = {}) {
  const context = await make({
    locale: "en-US",
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  await sitDown(context);
  if (options.javaScriptEnabled !== false) await context.addInitScript(reportViolations);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.text().startsWith("VIOLATION ")) complaints.push(message.text());
  });
  return page;
}

/** The browser's address from now on, as the service takes it; near New York where nothing else is said. */
export function sitDown(somebody, address = "128.59.1.1") {
  return somebody.addInitScript((ip) => window === top && localStorage.setItem("meridian.fake-ip", ip), address);
}

function reportViolations() {
  document.addEventListener("securitypolicyviolation", (event) => {
    console.log(`VIOLATION ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
  });
}

export async function logIn(page, address, { username, password }) {
  await page.goto(`${address}/login`);
  await page.locator("input[name=username]").fill(username);
  await page.locator("input[name=password]").fill(password);
  await page.keyboard.press("Enter");
  await page.locator("[data-entry], [data-testid=drop-zone]").first().waitFor();
}
