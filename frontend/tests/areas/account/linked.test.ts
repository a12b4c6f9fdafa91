import "@/areas/account/bring";

import { beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import LinkedCard from "@/areas/account/components/LinkedCard.vue";

import { byLabel, byText, onPage, show } from "@tests/mount";
import { json, Network, refuse } from "@tests/network";

const LINKED = "/auth/api/v1/me/identities";
const GOOGLE = { name: "google", title: "Google", url: "/auth/api/v1/oauth/google/login" };
const MINE = {
  id: "i1",
  provider: "google",
  title: "Google",
  email: "ann@gmail.com",
  created_at: "2026-11-20T10:00:00Z",
  last_used_at: null,
};

let network: Network;
beforeEach(() => {
  network = new Network();
  tokens.adopt({ access_token: "token-1", token_type: "Bearer", expires_in: 600 });
});

function open(providers: object[], linked: object[], at = "/account/security") {
  network.on("GET /auth/api/v1/providers", json({ items: providers, mail: false }));
  network.on(`GET ${LINKED}`, json({ items: linked, next: null }), json({ items: [], next: null }));
  show(LinkedCard, {}, at);
}

describe("connected accounts", () => {
  it("are not spoken of where there is no other site", async () => {
    open([], []);
    await vi.waitFor(() => expect(network.asked).toHaveLength(2));
    expect(document.querySelector("section")).toBeNull();
  });

  it("are connected at the other site, which sends the browser back here", async () => {
    open([GOOGLE], []);
    const go = vi.spyOn(location, "assign").mockImplementation(() => undefined);
    network.on(`POST ${LINKED}`, json({ url: "https://accounts.example/authorize" }));
    await vi.waitFor(() => byText("Connect Google", "button").click());
    await vi.waitFor(() => expect(go).toHaveBeenCalledWith("https://accounts.example/authorize"));
    expect(network.to(`POST ${LINKED}`)[0]?.body).toEqual({ provider: "google", return_to: "/account/security" });
  });

  it("are disconnected when that is meant", async () => {
    open([GOOGLE], [MINE]);
    network.on(`DELETE ${LINKED}/i1`, new Response(null, { status: 204 }));
    await vi.waitFor(() => expect(onPage(".row").textContent).toContain("ann@gmail.com"));
    expect(document.body.textContent).not.toContain("Connect Google");
    byLabel("Disconnect Google").click();
    await vi.waitFor(() => byText("Disconnect Google?", "h2"));
    byText("Disconnect", "button").click();
    await vi.waitFor(() => byText("Connect Google", "button"));
  });

  it("stay when nothing else is left to log in with", async () => {
    open([GOOGLE], [MINE]);
    network.on(`DELETE ${LINKED}/i1`, refuse(409, "LAST_SIGN_IN_WAY"));
    await vi.waitFor(() => byLabel("Disconnect Google").click());
    await vi.waitFor(() => byText("Disconnect", "button").click());
    await vi.waitFor(() => expect(onPage("[role=dialog] [role=alert]").textContent).toContain("the only way you have"));
  });

  it("say why the other site sent the browser back without one", async () => {
    open([GOOGLE], [], "/account/security?error=IDENTITY_LINKED");
    await vi.waitFor(() => expect(onPage("[role=alert]").textContent).toContain("somebody else here"));
  });
});
