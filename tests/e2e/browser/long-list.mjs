// Somebody with very many files turns the wheel until the end of the list is there. Prints how long frames took.

import { journey, logIn } from "./journey.mjs";

const {
  MERIDIAN_ADDRESS: address,
  MERIDIAN_USERNAME: username,
  MERIDIAN_PASSWORD: password,
} = process.env;
const PIXELS = 4_000;
const PAUSE_MS = 30;
const LONGEST_MS = 240_000;

await journey(async ({ open, step }) => {
  const page = await open();
  await logIn(page, address, { username, password });
  step("scroll to the end");
  await page.mouse.move(700, 600);
  await page.evaluate(() => {
    window.frames_ = [];
    let last = performance.now();
    const note = (now) => (
      window.frames_.push(now - last),
      (last = now),
      requestAnimationFrame(note)
    );
    requestAnimationFrame(note);
  });
  const grid = page.locator("[role=grid]");
  const began = Date.now();
  for (
    let rows = -1;
    rows < 0;
    rows = Number(await grid.getAttribute("aria-rowcount"))
  ) {
    if (Date.now() - began > LONGEST_MS)
      throw new Error("the end does not come");
    for (let turn = 0; turn < 50; turn += 1) {
      await page.mouse.wheel(0, PIXELS);
      await page.waitForTimeout(PAUSE_MS);
    }
  }
  const seen = await page.evaluate(() => {
    const frames = window.frames_.slice(2).sort((one, other) => one - other);
    const part = (of) =>
      Math.round(10 * frames[Math.floor(frames.length * of)]) / 10;
    return {
      rows:
        Number(
          document.querySelector("[role=grid]").getAttribute("aria-rowcount"),
        ) - 1,
      frames: frames.length,
      median_ms: part(0.5),
      p95_ms: part(0.95),
      over_50_ms: frames.filter((frame) => frame > 50).length,
      drawn: document.querySelectorAll("[data-entry]").length,
    };
  });
  console.log(
    JSON.stringify({
      ...seen,
      seconds: Math.round((Date.now() - began) / 1000),
    }),
  );
});
