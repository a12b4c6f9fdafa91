// The states of the details of a file, and of the quick look.

const NOTES = "[data-file-name='notes.md']";

export const DETAILS_STATES = [
  { name: "details", who: "full", ready: NOTES, reach: details },
  {
    name: "details-versions",
    who: "full",
    ready: NOTES,
    reach: (page) => onTab(page, "versions", "[data-version]"),
  },
  {
    name: "details-history",
    who: "full",
    ready: NOTES,
    reach: (page) => onTab(page, "history", ".drawer [data-event]"),
  },
  {
    name: "quick-look",
    who: "full",
    ready: NOTES,
    async reach(page) {
      await fromMenu(page, NOTES, ".look");
      await page.locator("dialog .paper").waitFor();
    },
  },
  {
    name: "quick-look-none",
    who: "full",
    ready: NOTES,
    async reach(page) {
      await fromMenu(page, "[data-file-name='letter.docx']", ".look");
      await page.locator("dialog .note strong").waitFor();
    },
  },
];

async function fromMenu(page, row, entry) {
  await page.locator(`${row} .more`).first().click();
  await page.locator(`.v-overlay ${entry}`).click();
}

async function details(page) {
  await fromMenu(page, NOTES, ".details");
  await page.locator("[data-stop]").first().waitFor();
}

async function onTab(page, tab, ready) {
  await details(page);
  await page.locator(`#details-tab-${tab}`).click();
  await page.locator(ready).first().waitFor();
}
