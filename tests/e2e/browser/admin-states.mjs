// The states of the pages of administrators.

export const ADMIN_STATES = [
  { name: "people", who: "admin", path: "/admin/people", ready: ".list-row" },
  {
    name: "person",
    who: "admin",
    path: "/admin/people",
    ready: ".list-row",
    async reach(page) {
      await page.locator(".list-row a").first().click();
      await page.locator(".ticks input").first().waitFor();
    },
  },
  {
    name: "invite-dialog",
    who: "admin",
    path: "/admin/invitations",
    ready: ".settings .head button",
    async reach(page) {
      await page.locator(".settings .head button").click();
      await page.locator("[role=dialog] .tick").first().waitFor();
    },
  },
  {
    name: "policy",
    who: "admin",
    path: "/admin/policy",
    ready: "[data-zone]",
    async reach(page) {
      await page.locator('[data-zone="africa"] select').selectOption("never");
      await page.locator(".policy .buttons button").first().click();
      await page.locator(".moves").waitFor();
    },
  },
  { name: "quotas", who: "admin", path: "/admin/quotas", ready: ".list-row" },
  {
    name: "quota-dialog",
    who: "admin",
    path: "/admin/quotas",
    ready: ".list-row",
    async reach(page) {
      await page.locator(".common button").click();
      await page.locator("input[name=limit_size]").waitFor();
    },
  },
  { name: "roles", who: "admin", path: "/admin/roles", ready: "table td input" },
  { name: "audit", who: "admin", path: "/admin/audit", ready: ".settings .row" },
];
