// What somebody without a pointer needs of a dialog: the focus goes into it, stays in it while Tab goes round,
// and returns to where it was when Escape closes it. Where Escape does not close, a button does.

const PLACES = "a[href], button:not([disabled]), input:not([disabled]), select, textarea, summary, [tabindex='0']";
const PATIENCE_MS = 1_500;

/** What is wrong with the dialog that is open, in words; nothing where none is. */
export async function dialogFaults(page) {
  const dialogs = page.locator("[role=dialog]:visible");
  if ((await dialogs.count()) === 0) return [];
  const faults = [];
  if (!(await isInside(page))) faults.push("the focus is not in it");
  const places = await dialogs.last().locator(PLACES).count();
  for (const key of ["Tab", "Shift+Tab"]) {
    for (let press = 0; press <= places; press += 1) await page.keyboard.press(key);
    if (!(await isInside(page))) faults.push(`${key} leaves it`);
  }
  const last = await dialogs.last().elementHandle();
  await page.keyboard.press("Escape");
  if (!(await comes(last.waitForElementState("hidden", { timeout: PATIENCE_MS }))))
    return (await dialogs.last().locator("button").count()) > 0 ? faults : [...faults, "it does not close"];
  const isBack = page.waitForFunction(() => document.activeElement !== document.body, null, { timeout: PATIENCE_MS });
  return (await comes(isBack)) ? faults : [...faults, "the focus is lost when it closes"];
}

function comes(awaited) {
  return awaited.then(
    () => true,
    () => false,
  );
}

function isInside(page) {
  return page.evaluate(() => document.activeElement?.closest("[role=dialog]") !== null);
}
