import "@/areas/account/bring";

import { describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import EmailState from "@/areas/account/components/EmailState.vue";
import ConfirmView from "@/areas/account/views/ConfirmView.vue";

import { byText, onPage, show } from "@tests/mount";
import { json, Network, refuse } from "@tests/network";
import { ANN } from "@tests/sample";

const CONFIRM = "POST /auth/api/v1/email/confirm";
const LETTER = "POST /auth/api/v1/me/email/confirmation";
const OFFER = { items: [], next: null, passkeys: true, registration: "open" };

describe("the page of a letter that confirms an address", () => {
  const confirm = () => {
    show(ConfirmView, { token: "letter-1" });
    byText("Confirm", "button").click();
  };

  it("confirms by a click, not by being opened", async () => {
    const network = new Network().on(CONFIRM, new Response(null, { status: 204 }));
    show(ConfirmView, { token: "letter-1" });
    expect(network.asked).toHaveLength(0);
    byText("Confirm", "button").click();
    await vi.waitFor(() => byText("Your address is confirmed", "h2"));
    expect(network.to(CONFIRM)[0]?.body).toEqual({ token: "letter-1" });
  });

  it("says what to do when the link is no good any more", async () => {
    new Network().on(CONFIRM, refuse(404, "CONFIRMATION_NOT_FOUND"));
    confirm();
    await vi.waitFor(() => expect(onPage("[role=alert]").textContent).toContain("sends another letter"));
  });
});

describe("the state of an address", () => {
  const open = (mail: boolean, change: object = {}) => {
    const network = new Network().on("GET /auth/api/v1/providers", json({ ...OFFER, mail }));
    tokens.adopt({ access_token: "token-1", token_type: "Bearer", expires_in: 600 });
    const page = show(EmailState, { profile: { ...ANN, ...change } });
    return { network, page };
  };

  it("offers another letter while it is not confirmed", async () => {
    const { network } = open(true);
    network.on(LETTER, json({ expires_in: 86_400 }, {}, 202));
    await vi.waitFor(() => expect(document.body.textContent).toContain("ann@example.com is not confirmed yet"));
    byText("Send it again", "button").click();
    await vi.waitFor(() => expect(document.body.textContent).toContain("A letter is on its way to ann@example.com"));
    expect(network.to(LETTER)).toHaveLength(1);
  });

  it("counts down when letters were asked for too often", async () => {
    const { network } = open(true);
    network.on(LETTER, refuse(429, "TOO_MANY_ATTEMPTS", {}, { "Retry-After": "60" }));
    await vi.waitFor(() => byText("Send it again", "button").click());
    await vi.waitFor(() => expect(onPage("[role=alert]").textContent).toContain("1 min"));
    expect(byText("Send it again", "button")).toHaveProperty("disabled", true);
  });

  it("says that it is confirmed", async () => {
    open(true, { email_confirmed_at: "2026-11-20T10:00:00Z" });
    await vi.waitFor(() => expect(document.body.textContent).toContain("This address is confirmed."));
  });

  it("asks nothing where no mail is sent", async () => {
    const { network } = open(false);
    await vi.waitFor(() => expect(network.asked).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve));
    expect(document.body.textContent).not.toContain("confirmed");
  });
});
