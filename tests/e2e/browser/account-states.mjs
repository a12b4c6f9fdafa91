// The states of the pages about one's own account.

const PASSWORD = "input[name=own_password]";
const LINKED = {
  id: "0190d2f0-0000-7000-8000-000000000001",
  provider: "google",
  title: "Google",
  email: "anna.lee@gmail.com",
  created_at: "2026-11-01T10:00:00Z",
  last_used_at: "2026-11-20T10:00:00Z",
};

const PASSKEYS = [
  { name: "My phone", is_synced: true, last_used_at: "2026-11-20T10:00:00Z", cloned_at: null },
  { name: "Key in the drawer", is_synced: false, last_used_at: null, cloned_at: "2026-11-21T10:00:00Z" },
].map((one, index) => ({ id: `${LINKED.id.slice(0, -1)}${index}`, created_at: "2026-11-01T10:00:00Z", ...one }));

export const ACCOUNT_STATES = [
  {
    name: "log-in-code",
    who: "guest",
    path: "/login",
    ready: "input[name=username]",
    prepare: (page) => page.route("**/auth/api/v1/login", (route) => route.fulfill(refusal(401, "TOTP_REQUIRED"))),
    async reach(page) {
      await tryToLogIn(page);
      await page.locator("input[name=totp]").waitFor();
    },
  },
  {
    name: "log-in-wait",
    who: "guest",
    path: "/login",
    ready: "input[name=username]",
    prepare: (page) =>
      page.route("**/auth/api/v1/login", (route) =>
        route.fulfill({ ...refusal(429, "TOO_MANY_ATTEMPTS"), headers: { "Retry-After": "40" } }),
      ),
    async reach(page) {
      await tryToLogIn(page);
      await page.locator("[role=alert] .number").waitFor();
    },
  },
  { name: "invite", who: "guest", path: "/invite/some-token", ready: "input[name=email]" },
  { name: "forgot", who: "guest", path: "/forgot", ready: "input[name=email]" },
  {
    name: "reset",
    who: "guest",
    path: "/reset/some-token",
    ready: "input[name=new_password]",
    reach: (page) => page.locator("input[name=new_password]").fill("seven green boats"),
  },
  { name: "confirm", who: "guest", path: "/confirm/some-token", ready: ".form .form button" },
  { name: "account", who: "full", path: "/account", ready: "input[name=email]" },
  {
    name: "address-to-confirm",
    who: "full",
    path: "/account",
    ready: "input[name=email]",
    prepare: offerMore,
    reach: (page) => page.getByRole("button", { name: /^Send it again|^Отправить ещё раз/ }).waitFor(),
  },
  {
    name: "connected-accounts",
    who: "full",
    path: "/account/security",
    ready: ".settings .row",
    async prepare(page) {
      await offerMore(page);
      await page.route("**/me/identities**", (route) => route.fulfill({ json: { items: [LINKED], next: null } }));
    },
    reach: (page) => page.getByRole("button", { name: /^(Connect|Связать) Yandex/ }).scrollIntoViewIfNeeded(),
  },
  {
    name: "first-password",
    who: "full",
    path: "/account/security",
    ready: ".settings .row",
    prepare: forgetPassword,
    async reach(page) {
      await page.getByRole("button", { name: /^Set a password|^Задать пароль/ }).click();
      await page.locator("input[name=new_password]").fill("nine red bikes at dawn");
    },
  },
  {
    name: "proof-by-site",
    who: "full",
    path: "/account/tokens",
    ready: ".settings .head button",
    async prepare(page) {
      await forgetPassword(page);
      await page.route("**/me/tokens", (route) =>
        route.request().method() === "POST" ? route.fulfill(refusal(403, "PROOF_NEEDED")) : route.continue(),
      );
    },
    async reach(page) {
      await page.locator(".settings .head button").click();
      await page.locator("input[name=token_name]").fill("nightly backup");
      await page.keyboard.press("Enter");
      await page.locator("a.provider").first().waitFor();
    },
  },
  {
    name: "security",
    who: "full",
    path: "/account/security",
    ready: ".settings .row",
    reach: (page) => page.getByRole("button", { name: /^Change the password|^Сменить пароль/ }).click(),
  },
  {
    name: "totp",
    who: "full",
    path: "/account/security",
    ready: ".settings .row",
    async reach(page, _, { password }) {
      await page.getByRole("button", { name: /^Turn on|^Включить/ }).click();
      await page.locator(PASSWORD).fill(password);
      await page.keyboard.press("Enter");
      await page.locator("svg.code").waitFor();
    },
  },
  {
    name: "recovery-codes",
    who: "full",
    path: "/account/security",
    ready: ".settings .row",
    async prepare(page) {
      const codes = Array.from({ length: 10 }, (_, index) => `k${index}mx-7qpd-w${index}rt`);
      await page.route("**/me/totp", (route) => {
        const body = { secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", uri: "otpauth://totp/Meridian:anna?secret=JBSWY3DP" };
        return route.request().method() === "POST" ? route.fulfill({ json: body }) : route.continue();
      });
      await page.route("**/me/totp/confirm", (route) => route.fulfill({ json: { recovery_codes: codes } }));
    },
    async reach(page) {
      await page.getByRole("button", { name: /^Turn on|^Включить/ }).click();
      await page.locator(PASSWORD).fill("any");
      await page.keyboard.press("Enter");
      await page.locator("input[name=first_code]").fill("123456");
      await page.keyboard.press("Enter");
      await page.locator("ol.codes").waitFor();
    },
  },
  {
    name: "passkeys",
    who: "full",
    path: "/account/security",
    ready: ".settings .row",
    prepare: (page) =>
      page.route("**/me/passkeys?*", (route) => route.fulfill({ json: { items: PASSKEYS, next: null } })),
    reach: (page) => page.getByText("Key in the drawer").scrollIntoViewIfNeeded(),
  },
  {
    name: "passkey-dialog",
    who: "full",
    path: "/account/security",
    ready: ".settings .row",
    async reach(page) {
      await page.getByRole("button", { name: /^Add a passkey|^Добавить ключ/ }).click();
      await page.locator("input[name=passkey_name]").waitFor();
    },
  },
  { name: "no-tokens", who: "empty", path: "/account/tokens", ready: ".settings .none" },
  { name: "devices", who: "full", path: "/account/sessions", ready: ".settings .row" },
  {
    name: "token-dialog",
    who: "full",
    path: "/account/tokens",
    ready: ".settings .head button",
    async reach(page) {
      await page.locator(".settings .head button").click();
      await page.locator("input[name=token_name]").waitFor();
    },
  },
  {
    name: "token-made",
    who: "full",
    path: "/account/tokens",
    ready: ".settings .head button",
    async reach(page) {
      await page.locator(".settings .head button").click();
      await page.locator("input[name=token_name]").fill("nightly backup");
      await page.keyboard.press("Enter");
      await page.locator(".made input").waitFor();
    },
  },
  {
    name: "proof",
    who: "full",
    path: "/account/tokens",
    ready: ".settings .head button",
    prepare: (page) =>
      page.route("**/me/tokens", (route) =>
        route.request().method() === "POST" ? route.fulfill(refusal(403, "PROOF_NEEDED")) : route.continue(),
      ),
    async reach(page) {
      await page.locator(".settings .head button").click();
      await page.locator("input[name=token_name]").fill("nightly backup");
      await page.keyboard.press("Enter");
      await page.locator("input[name=proof]").waitFor();
    },
  },
  {
    name: "proof-by-code",
    who: "full",
    path: "/account/tokens",
    ready: ".settings .head button",
    async prepare(page) {
      const totp = { is_on: true, since: "2026-11-20T10:00:00Z", recovery_codes_left: 9 };
      await page.route("**/me/totp", (route) => route.fulfill({ json: totp }));
      await page.route("**/me/tokens", (route) =>
        route.request().method() === "POST" ? route.fulfill(refusal(403, "PROOF_NEEDED")) : route.continue(),
      );
    },
    async reach(page) {
      await page.locator(".settings .head button").click();
      await page.locator("input[name=token_name]").fill("nightly backup");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: /^Use a code|^Ввести код/ }).click();
      await page.locator("input[name=totp]").waitFor();
    },
  },
];

/** As a site that sends mail and takes accounts of other sites. */
async function offerMore(page) {
  const items = ["Google", "Yandex"].map((title) => ({ name: title.toLowerCase(), title, url: `/${title}` }));
  const offer = { items, next: null, passkeys: true, mail: true, registration: "open" };
  await page.route("**/auth/api/v1/providers", (route) => route.fulfill({ json: offer }));
}

/** As if one had come by an account of another site. */
async function forgetPassword(page) {
  await offerMore(page);
  await page.route("**/auth/api/v1/me", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), has_password: false } });
  });
}

async function tryToLogIn(page) {
  await page.locator("input[name=username]").fill("anna");
  await page.locator("input[name=password]").fill("seven green boats at noon");
  await page.keyboard.press("Enter");
}

function refusal(status, code) {
  const body = { type: "about:blank", title: code, status, code, detail: "", request_id: "r" };
  return { status, contentType: "application/problem+json", body: JSON.stringify(body) };
}
