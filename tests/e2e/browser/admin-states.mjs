// The states of the pages of administrators.

const INVITED = [
  { email: null, roles: ["operator"], used_at: null, expires_at: "2030-01-05T10:00:00Z" },
  { email: "anna.lee@example.com", roles: [], used_at: "2026-11-20T10:00:00Z", expires_at: "2026-11-25T10:00:00Z" },
  { email: "bob@example.com", roles: [], used_at: null, expires_at: "2026-11-02T10:00:00Z" },
].map((one, index) => ({
  id: `0190d2f0-0000-7000-8000-00000000000${index}`,
  created_at: "2026-11-01T10:00:00Z",
  ...one,
}));

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
    name: "invitations",
    who: "admin",
    path: "/admin/invitations",
    ready: ".settings .row",
    prepare: (page) =>
      page.route("**/auth/api/v1/invitations?*", (route) => route.fulfill({ json: { items: INVITED, next: null } })),
  },
  {
    name: "no-invitations",
    who: "admin",
    path: "/admin/invitations",
    ready: ".settings .none",
    prepare: (page) =>
      page.route("**/auth/api/v1/invitations?*", (route) => route.fulfill({ json: { items: [], next: null } })),
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
  {
    name: "role-dialog",
    who: "admin",
    path: "/admin/roles",
    ready: "table td input",
    async reach(page) {
      await page.getByRole("button", { name: /^New role|^Новая роль/ }).click();
      await page.locator("input[name=role_name]").waitFor();
    },
  },
  { name: "audit", who: "admin", path: "/admin/audit", ready: ".settings .row" },
];
