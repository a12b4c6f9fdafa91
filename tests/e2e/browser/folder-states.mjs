// What somebody sees who works in the list: folders, what is chosen, tiles, and what there is no list of.

const FILES = "[data-file-id]";
const BATCH = "**/storage/api/v1/batch";
const LISTS = /\/storage\/api\/v1\/(files|folders)\?/;

export const FOLDER_STATES = [
  {
    name: "folder-empty",
    who: "full",
    ready: FILES,
    async reach(page) {
      await page.locator('[data-folder-name="trips"]').dblclick();
      await page.locator(".blank").waitFor();
    },
  },
  {
    name: "folder-gone",
    who: "full",
    path: "/folders/018f0000-0000-7000-8000-000000000000",
    ready: ".blank",
  },
  {
    name: "folder-new",
    who: "full",
    ready: FILES,
    async reach(page) {
      await page.keyboard.press("n");
      await page.locator("[role=dialog] input").waitFor();
    },
  },
  { name: "chosen", who: "full", ready: FILES, reach: choose },
  {
    name: "chosen-menu",
    who: "full",
    ready: FILES,
    async reach(page) {
      await choose(page);
      await page.locator(FILES).nth(1).click({ button: "right" });
      await page.locator(".v-overlay .v-list-item").first().waitFor();
    },
  },
  {
    name: "tiles",
    who: "full",
    ready: FILES,
    async reach(page) {
      await page.locator(".views button").last().click();
      await choose(page);
      await page.evaluate(() => localStorage.removeItem("meridian.view"));
    },
  },
  {
    name: "rename",
    who: "full",
    ready: FILES,
    async reach(page) {
      await page.locator(FILES).nth(1).click();
      await page.keyboard.press("F2");
      await page.locator(".editor input").waitFor();
    },
  },
  {
    name: "move",
    who: "full",
    ready: FILES,
    async reach(page) {
      await choose(page);
      await page.locator("[role=toolbar] .move").click();
      await page.locator("[data-tree-folder]").nth(1).click();
    },
  },
  {
    name: "trashed",
    who: "full",
    ready: FILES,
    prepare: (page) => page.route(BATCH, (route) => route.fulfill({ json: { done: [], failed: [] } })),
    async reach(page) {
      await choose(page);
      await page.keyboard.press("Delete");
      await page.locator(".notice .action").waitFor();
    },
  },
  {
    name: "keys",
    who: "full",
    ready: FILES,
    async reach(page) {
      await page.keyboard.press("?");
      await page.locator("[role=dialog]").waitFor();
    },
  },
  {
    name: "loading",
    who: "full",
    ready: ".skeleton",
    prepare: (page) => page.route(LISTS, () => undefined),
  },
];

async function choose(page) {
  await page.locator(FILES).nth(1).click();
  await page.locator(FILES).nth(3).click({ modifiers: ["Shift"] });
  await page.locator("[role=toolbar]").waitFor();
}
