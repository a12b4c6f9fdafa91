// The states of the trash.

export const TRASH_STATES = [
  { name: "trash", who: "full", path: "/trash", ready: "[data-trash-id]" },
  { name: "trash-empty", who: "empty", path: "/trash", ready: ".blank" },
  {
    name: "trash-delete",
    who: "full",
    path: "/trash",
    ready: "[data-trash-id] .remove",
    async reach(page) {
      await page.locator("[data-trash-id] .remove").first().click();
      await page.locator("[role=dialog] h2").waitFor();
    },
  },
  {
    name: "trash-empty-it",
    who: "full",
    path: "/trash",
    ready: "button.empty",
    async reach(page) {
      await page.locator("button.empty").click();
      await page.locator("[role=dialog] h2").waitFor();
    },
  },
];
