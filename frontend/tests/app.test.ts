import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import App from "@/App.vue";
import { useSession } from "@/areas/account/session";
import { setLanguage } from "@/i18n";
import { remember } from "@/kit/remember";

import { onPage, show } from "@tests/mount";
import { json, Network, newLogin, refuse } from "@tests/network";
import { ANN } from "@tests/sample";

const REFRESH = "POST /auth/api/v1/refresh";

describe("the page as a whole", () => {
  let network: Network;

  beforeEach(() => {
    remember("session", "1");
    network = new Network().on("GET /auth/api/v1/me", json(ANN));
    network.on("GET /storage/api/v1/files", json({ items: [], next: null }));
    tokens.forget();
  });
  afterEach(() => setLanguage("en"));

  it("has a title for what it shows, in its language", async () => {
    network.on(REFRESH, refuse(401, "REFRESH_FAILED"));
    show(App);
    await vi.waitFor(() => expect(document.title).toBe("Log in – Meridian"));
    await setLanguage("ru");
    await vi.waitFor(() => expect(document.title).toBe("Вход – Meridian"));
    expect(document.documentElement.lang).toBe("ru");
  });

  it("says why one has to log in again when the session has ended", async () => {
    network.on(REFRESH, newLogin());
    show(App);
    await vi.waitFor(() => expect(document.title).toBe("Files – Meridian"));
    network.on(REFRESH, refuse(401, "SESSION_ENDED"));
    await tokens.renew().catch(() => undefined);
    await vi.waitFor(() => expect(onPage("form [role=status]").textContent).toContain("Your session has ended"));
  });

  it("shows a public page to anybody, and keeps to it while it is found out who is there", async () => {
    network.on(REFRESH, refuse(401, "REFRESH_FAILED"));
    show(App, {}, "/no/such/page");
    await vi.waitFor(() => expect(document.body.textContent).toContain("There is no such page"));
    await vi.waitFor(() => expect(useSession().status).toBe("guest"));
    expect(document.title).toBe("There is no such page – Meridian");
  });

  it("asks no questions of somebody who logged out", async () => {
    network.on(REFRESH, newLogin()).on("POST /auth/api/v1/logout", refuse(401, "SESSION_ENDED"));
    show(App);
    await vi.waitFor(() => expect(useSession().status).toBe("member"));
    network.on(REFRESH, refuse(401, "SESSION_ENDED"));
    await useSession().logOut();
    await vi.waitFor(() => onPage("input[name=username]"));
    expect(document.body.textContent).not.toContain("session has ended");
  });
});
