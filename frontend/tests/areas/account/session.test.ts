import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { authorised, tokens } from "@/api/http";
import { useSession } from "@/areas/account/session";
import { remember } from "@/kit/remember";

import { json, Network, newLogin, refuse } from "@tests/network";
import { ANN } from "@tests/sample";

const REFRESH = "POST /auth/api/v1/refresh";
const LOGIN = "POST /auth/api/v1/login";
const LOGOUT = "POST /auth/api/v1/logout";
const ME = "GET /auth/api/v1/me";

describe("the session", () => {
  let network: Network;

  beforeEach(() => {
    remember("session", "1");
    setActivePinia(createPinia());
    network = new Network();
    tokens.forget();
  });

  it("goes on after a reload, by the cookie", async () => {
    network.on(REFRESH, newLogin()).on(ME, json(ANN));
    const session = useSession();
    await session.restore();
    expect([session.status, session.profile?.username]).toEqual(["member", "ann"]);
    expect(network.to(REFRESH)[0]?.body).toEqual({});
  });

  it("is not asked about when nobody has been here", async () => {
    remember("session", null);
    const session = useSession();
    await session.restore();
    expect([session.status, network.asked]).toEqual(["guest", []]);
    network.on(REFRESH, newLogin()).on(ME, json(ANN));
    await session.restore(true);
    expect(session.status).toBe("member");
  });

  it("is none without a cookie", async () => {
    network.on(REFRESH, refuse(401, "REFRESH_FAILED"));
    const session = useSession();
    await session.restore();
    expect(session.status).toBe("guest");
  });

  it("is unknown while the server does not answer", async () => {
    network.on(REFRESH, refuse(503, "DATABASE_UNAVAILABLE"), newLogin()).on(ME, json(ANN));
    const session = useSession();
    await session.restore();
    expect([session.status, session.problem?.status]).toEqual(["unreachable", 503]);
    await session.restore();
    expect(session.status).toBe("member");
  });

  it("learns what its owner may do now, when a token is refused before its time", async () => {
    network.on(REFRESH, newLogin("token-1"), newLogin("token-2"));
    network.on(ME, json(ANN), json({ ...ANN, permissions: ["users.view"] }));
    const session = useSession();
    await session.restore();
    expect(session.may("users.view")).toBe(false);
    network.on("GET /x", refuse(401, "TOKEN_EXPIRED"), json({}));
    await authorised("/x");
    await vi.waitFor(() => expect(session.may("users.view")).toBe(true));
    expect(network.to(ME)).toHaveLength(2);
  });

  it("begins with a log-in and keeps no secret in the browser", async () => {
    network.on(LOGIN, refuse(401, "LOGIN_FAILED"), newLogin()).on(ME, json(ANN));
    const session = useSession();
    await expect(session.logIn({ username: "ann", password: "no" })).rejects.toMatchObject({ code: "LOGIN_FAILED" });
    await session.logIn({ username: "ann", password: "yes" });
    expect(session.status).toBe("member");
    expect(JSON.stringify({ ...localStorage }) + document.cookie).not.toMatch(/secret|token-1/);
  });

  it("ends with a log-out, in the other tabs too", async () => {
    network
      .on(REFRESH, newLogin())
      .on(ME, json(ANN))
      .on(LOGOUT, new Response(null, { status: 204 }));
    const session = useSession();
    await session.restore();
    const neighbour = new BroadcastChannel("meridian.session");
    const heard = vi.fn();
    neighbour.onmessage = ({ data }) => heard(data);
    await session.logOut();
    expect([session.status, session.profile]).toEqual(["guest", null]);
    await vi.waitFor(() => expect(heard).toHaveBeenCalledWith("out"));
    neighbour.close();
  });

  it("is not over when the log-out did not get through", async () => {
    network.on(REFRESH, newLogin()).on(ME, json(ANN)).on(LOGOUT, refuse(503, "REDIS_UNAVAILABLE"));
    const session = useSession();
    await session.restore();
    await expect(session.logOut()).rejects.toMatchObject({ status: 503 });
    expect(session.status).toBe("member");
  });

  it("ends when another tab logs out, and when the server ends it", async () => {
    network.on(REFRESH, newLogin()).on(ME, json(ANN));
    const session = useSession();
    await session.restore();
    const neighbour = new BroadcastChannel("meridian.session");
    neighbour.postMessage("out");
    await vi.waitFor(() => expect(session.status).toBe("guest"));
    neighbour.postMessage("in");
    await vi.waitFor(() => expect(session.status).toBe("member"));
    neighbour.close();
    network.on(REFRESH, refuse(401, "SESSION_ENDED"));
    tokens.forget();
    await expect(tokens.fresh()).rejects.toMatchObject({ status: 401 });
    expect(session.status).toBe("guest");
  });
});
