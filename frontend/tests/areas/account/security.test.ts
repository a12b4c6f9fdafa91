import { beforeEach, describe, expect, it, vi } from "vitest";
import { nextTick } from "vue";

import { tokens } from "@/api/http";
import ProofDialog from "@/areas/account/components/ProofDialog.vue";
import { useProof } from "@/areas/account/proof";
import { useSession } from "@/areas/account/session";
import ProfileView from "@/areas/account/views/ProfileView.vue";
import SecurityView from "@/areas/account/views/SecurityView.vue";
import SessionsView from "@/areas/account/views/SessionsView.vue";
import TokensView from "@/areas/account/views/TokensView.vue";

import { byLabel, byText, onPage, show } from "@tests/mount";
import { json, Network, refuse } from "@tests/network";
import { ANN } from "@tests/sample";

const API = "/auth/api/v1";
const nothing = () => new Response(null, { status: 204 });
const page = (...items: object[]) => json({ items, next: null });
const input = (name: string) => onPage<HTMLInputElement>(`input[name=${name}]`);

function type(name: string, text: string) {
  const field = input(name);
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function submit(name: string) {
  input(name)
    .closest("form")
    ?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
}

let network: Network;
beforeEach(() => {
  network = new Network();
  tokens.adopt({ access_token: "token-1", token_type: "Bearer", expires_in: 600 });
});

describe("the devices", () => {
  const session = (id: string, change: object = {}) => ({
    id,
    user_agent: "Mozilla/5.0",
    device: `Firefox ${id}`,
    ip: "203.0.113.5",
    city: "Cape Town",
    country: "ZA",
    latitude: -33.9,
    longitude: 18.4,
    created_at: "2026-11-20T10:00:00Z",
    last_seen_at: "2026-11-20T10:00:00Z",
    is_current: false,
    ...change,
  });

  it("are listed, this one first, and the others end at once", async () => {
    const all = [session("one"), session("mine", { is_current: true }), session("two")];
    network.on(`GET ${API}/sessions`, page(...all), page(all[1] ?? {})).on(`GET ${API}/logins`, page());
    network.on(`DELETE ${API}/sessions/one`, nothing()).on(`DELETE ${API}/sessions/two`, nothing());
    show(SessionsView);
    const titles = () => [...document.querySelectorAll(".title")].map((one) => one.textContent?.trim());
    await vi.waitFor(() => expect(titles()).toEqual(["Firefox mineThis one", "Firefox one", "Firefox two"]));
    expect(onPage(".row").textContent).toContain("Cape Town, South Africa");
    expect(document.querySelector('[aria-label="End Firefox mine"]')).toBeNull();
    byText("End all others", "button").click();
    await vi.waitFor(() => expect(titles()).toEqual(["Firefox mineThis one"]));
    expect(network.asked.filter(({ method }) => method === "DELETE").map(({ path }) => path)).toEqual([
      `${API}/sessions/one`,
      `${API}/sessions/two`,
    ]);
  });

  it("are shown with who tried to sign in", async () => {
    const entry = { ...session("l1"), outcome: "wrong_password", session_id: null };
    network.on(`GET ${API}/sessions`, page()).on(`GET ${API}/logins`, page(entry));
    show(SessionsView);
    await vi.waitFor(() => expect(onPage(".row.refused").textContent).toContain("Wrong password"));
  });
});

describe("API tokens", () => {
  const token = { id: "t1", name: "backup", scopes: ["files.view"], created_at: "2026-11-20T10:00:00Z" };
  const known = { ...token, expires_at: null, last_used_at: null };

  async function make() {
    show(TokensView);
    useSession().profile = ANN;
    byText("Create a token", "button").click();
    await vi.waitFor(() => input("token_name"));
    type("token_name", "backup");
    submit("token_name");
  }

  it("are shown once, and revoked when that is confirmed", async () => {
    network.on(`GET ${API}/me/tokens`, page(), page(known), page());
    network.on(`POST ${API}/me/tokens`, json({ ...known, token: "mrd_secret" }, {}, 201));
    network.on(`DELETE ${API}/me/tokens/t1`, nothing());
    await make();
    await vi.waitFor(() => expect(onPage<HTMLInputElement>(".made input").value).toBe("mrd_secret"));
    const body = network.to(`POST ${API}/me/tokens`)[0]?.body as { scopes: string[]; expires_at: string };
    expect(body.scopes).toEqual(["files.view", "files.upload"]);
    expect(Math.round((Date.parse(body.expires_at) - Date.now()) / 86_400_000)).toBe(90);
    byLabel("Revoke backup").click();
    await vi.waitFor(() => byText("Revoke", "button").click());
    await vi.waitFor(() => expect(document.querySelector(".made")).toBeNull());
    expect(network.to(`DELETE ${API}/me/tokens/t1`)).toHaveLength(1);
  });

  it("are made after a fresh proof, which is asked for once", async () => {
    network.on(`GET ${API}/me/tokens`, page());
    network.on(`POST ${API}/me/tokens`, refuse(403, "PROOF_NEEDED"), json({ ...known, token: "mrd_x" }, {}, 201));
    await make();
    const proof = useProof();
    await vi.waitFor(() => expect(network.to(`POST ${API}/me/tokens`)).toHaveLength(1));
    await vi.waitFor(() => expect(proof.isAsked).toBe(true));
    proof.settle(true);
    await vi.waitFor(() => expect(onPage<HTMLInputElement>(".made input").value).toBe("mrd_x"));
  });

  it("are not made when nobody showed who it is", async () => {
    network.on(`GET ${API}/me/tokens`, page()).on(`POST ${API}/me/tokens`, refuse(403, "PROOF_NEEDED"));
    useProof();
    await make();
    await vi.waitFor(() => expect(useProof().isAsked).toBe(true));
    useProof().settle(false);
    await vi.waitFor(() => expect(onPage("[role=alert]").textContent).toContain("confirm first that it is you"));
    expect(network.to(`POST ${API}/me/tokens`)).toHaveLength(1);
  });
});

describe("the proof", () => {
  it("says that a password is wrong, without another token, and then is settled", async () => {
    network.on(`POST ${API}/me/proof`, refuse(401, "WRONG_PASSWORD"), nothing());
    show(ProofDialog);
    const proof = useProof();
    proof.isAsked = true;
    await vi.waitFor(() => input("proof"));
    type("proof", "no");
    submit("proof");
    await vi.waitFor(() => expect(onPage("[role=alert]").textContent).toContain("This password is wrong."));
    expect(network.to("POST /auth/api/v1/refresh")).toHaveLength(0);
    submit("proof");
    await vi.waitFor(() => expect(proof.isAsked).toBe(false));
    expect(network.to(`POST ${API}/me/proof`)[1]?.body).toEqual({ password: "no" });
    expect(document.body.textContent).not.toContain("Use a code of the app");
  });

  it("takes a code where a second factor is on", async () => {
    network.on(`GET ${API}/me/totp`, json({ is_on: true, since: "2026-11-20T10:00:00Z", recovery_codes_left: 9 }));
    network.on(`POST ${API}/me/proof`, refuse(401, "WRONG_CODE"), nothing());
    show(ProofDialog);
    const proof = useProof();
    proof.isAsked = true;
    await vi.waitFor(() => byText("Use a code of the app", "button").click());
    await vi.waitFor(() => input("totp"));
    type("totp", "123 456");
    submit("totp");
    await vi.waitFor(() => expect(onPage("[role=alert]").textContent).toContain("This code is wrong"));
    submit("totp");
    await vi.waitFor(() => expect(proof.isAsked).toBe(false));
    expect(network.to(`POST ${API}/me/proof`)[1]?.body).toEqual({ totp: "123456" });
  });
});

describe("who has no password", () => {
  const GUEST = { ...ANN, has_password: false };
  const offer = json({ items: [{ name: "google", title: "Google", url: "/there" }], mail: false });

  it("sets a first one, and may then turn the second factor on", async () => {
    network.on(`GET ${API}/me/totp`, json({ is_on: false, since: null, recovery_codes_left: 0 }));
    network
      .on(`GET ${API}/me/passkeys`, page())
      .on(`GET ${API}/me/identities`, page())
      .on(`GET ${API}/providers`, offer);
    network.on(`POST ${API}/me/password`, nothing()).on(`GET ${API}/me`, json(ANN));
    show(SecurityView);
    useSession().profile = GUEST;
    await vi.waitFor(() => expect(document.body.textContent).toContain("beside a password, and you have none"));
    expect(document.body.textContent).not.toContain("Turn on");
    byText("Set a password", "button").click();
    await vi.waitFor(() => input("new_password"));
    expect(document.querySelector("input[name=current_password]")).toBeNull();
    type("new_password", "nine red bikes at dawn");
    await nextTick();
    submit("new_password");
    await vi.waitFor(() => byText("Turn on", "button"));
    expect(network.to(`POST ${API}/me/password`)[0]?.body).toEqual({
      new_password: "nine red bikes at dawn",
      end_tokens: false,
    });
    byText("Change the password", "button");
  });

  it("proves who it is by logging in at the other site once more", async () => {
    network.on(`GET ${API}/me/totp`, json({ is_on: false })).on(`GET ${API}/providers`, offer);
    show(ProofDialog);
    useSession().profile = GUEST;
    await vi.waitFor(() => onPage("a.provider"));
    expect(document.querySelector("input[name=proof]")).toBeNull();
    expect(onPage<HTMLAnchorElement>("a.provider").getAttribute("href")).toBe("/there?return_to=%2F");
  });
});

describe("the second factor", () => {
  const off = json({ is_on: false, since: null, recovery_codes_left: 0 });
  const on = json({ is_on: true, since: "2026-11-20T10:00:00Z", recovery_codes_left: 10 });
  const codes = Array.from({ length: 10 }, (_, index) => `code-${index}`);

  it("is turned on with a QR code, and its recovery codes are shown until they are kept", async () => {
    network.on(`GET ${API}/me/totp`, off, on).on(`GET ${API}/me/passkeys`, page());
    network.on(`POST ${API}/me/totp`, json({ secret: "ABCD", uri: "otpauth://totp/x?secret=ABCD" }));
    network.on(`POST ${API}/me/totp/confirm`, refuse(401, "WRONG_CODE"), json({ recovery_codes: codes }));
    show(SecurityView);
    await vi.waitFor(() => byText("Turn on", "button").click());
    await vi.waitFor(() => input("own_password"));
    type("own_password", "secret");
    submit("own_password");
    await vi.waitFor(() => expect(onPage("svg.code path").getAttribute("d")).toMatch(/^M3 3h1v1h-1z/));
    type("first_code", "123 456");
    await vi.waitFor(() => submit("first_code"));
    await vi.waitFor(() => expect(onPage("[role=dialog] [role=alert]").textContent).toContain("code is wrong"));
    submit("first_code");
    await vi.waitFor(() => expect(document.querySelectorAll("ol.codes li")).toHaveLength(10));
    expect(network.to(`POST ${API}/me/totp/confirm`)[1]?.body).toEqual({ code: "123456" });
    const done = byText("Done", "button") as HTMLButtonElement;
    expect(done.disabled).toBe(true);
    onPage<HTMLInputElement>("[role=dialog] input[type=checkbox]").click();
    await vi.waitFor(() => expect(done.disabled).toBe(false));
    done.click();
    await vi.waitFor(() => expect(document.querySelector("ol.codes")).toBeNull());
    await vi.waitFor(() => expect(document.body.textContent).toContain("10 recovery codes left"));
  });
});

describe("the profile", () => {
  it("is saved, and says at its field that an address is taken", async () => {
    network.on(`PATCH ${API}/me`, refuse(409, "EMAIL_TAKEN"), json({ ...ANN, first_name: "Anna" }));
    show(ProfileView);
    useSession().profile = ANN;
    await vi.waitFor(() => input("first_name"));
    type("first_name", "Anna");
    type("email", "ann@example.com");
    await vi.waitFor(() => submit("first_name"));
    await vi.waitFor(() => expect(document.body.textContent).toContain("This e-mail address is in use."));
    submit("first_name");
    await vi.waitFor(() => expect(useSession().profile?.first_name).toBe("Anna"));
  });
});
