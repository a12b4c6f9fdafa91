// What people share with each other, ask each other for, and what a guest sees of it.

const FILES = "[data-file-id]";

export const SHARING_STATES = [
  { name: "shared-with-me", who: "full", path: "/shared", ready: "[data-shared-id]" },
  { name: "shared-with-me-none", who: "empty", path: "/shared", ready: ".blank" },
  { name: "requests", who: "full", path: "/requests", ready: "[data-request-id]" },
  { name: "requests-none", who: "empty", path: "/requests", ready: ".blank" },
  {
    name: "request-dialog",
    who: "full",
    path: "/requests",
    ready: "[data-request-id]",
    async reach(page) {
      await page.locator("button.ask").click();
      await page.locator("input[name=request-title]").waitFor();
    },
  },
  {
    name: "folder-share",
    who: "full",
    ready: FILES,
    async reach(page) {
      await page.locator('[data-folder-name="harbour"]').click({ button: "right" });
      await page.locator(".v-overlay .v-list-item").nth(1).click();
      await page.locator("[role=dialog] h2").waitFor();
    },
  },
  { name: "link-change", who: "full", path: "/links", ready: "[data-link-id]", reach: asked("[data-link-id] .change") },
  { name: "link-end", who: "full", path: "/links", ready: "[data-link-id]", reach: asked("[data-link-id] .end") },
  {
    name: "request-end",
    who: "full",
    path: "/requests",
    ready: "[data-request-id]",
    reach: asked("[data-request-id] .end"),
  },
  { name: "folder-link", who: "full", path: ({ linkPage }) => linkPage, ready: ".list li" },
  { name: "request-page", who: "full", path: ({ requestPage }) => requestPage, ready: "input[name=sender]" },
  { name: "link-rules", who: "admin", path: "/admin/links", ready: ".rules input" },
];

/** Opens what a button of the first row asks. */
function asked(button) {
  return async (page) => {
    await page.locator(button).first().click();
    await page.locator("[role=dialog] h2").waitFor();
  };
}
