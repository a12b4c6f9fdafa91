import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { authorised, send, surroundings, tokens } from "@/api/http";

import { json, Network, newLogin, offline, refuse } from "@tests/network";

describe("requests", () => {
  let network: Network;

  beforeEach(() => {
    network = new Network();
    tokens.adopt({ access_token: "token-1", token_type: "Bearer", expires_in: 600 });
  });
  afterEach(() => {
    surroundings.fakeIp = null;
    surroundings.onPlace = () => undefined;
    tokens.forget();
  });

  it("carry the token, the query and JSON", async () => {
    network.on("POST /x", json({}));
    await authorised("/x", { method: "POST", body: { a: 1 }, query: { q: "a&b", cursor: null, none: undefined } });
    const [asked] = network.to("POST /x");
    expect(asked?.headers.get("Authorization")).toBe("Bearer token-1");
    expect(asked?.headers.get("Content-Type")).toBe("application/json");
    expect(asked?.headers.has("X-Fake-IP")).toBe(false);
    expect(asked?.body).toEqual({ a: 1 });
    expect([...(asked?.query ?? [])]).toEqual([["q", "a&b"]]);
  });

  it("name the pretended address and report the place of the answer", async () => {
    const places: string[] = [];
    surroundings.fakeIp = "128.59.1.1";
    surroundings.onPlace = (header) => places.push(header);
    network.on("GET /x", json({}, { "X-Client-Place": "ip=128.59.1.1; mode=fake" }));
    await send("/x");
    expect(network.asked[0]?.headers.get("X-Fake-IP")).toBe("128.59.1.1");
    expect(places).toEqual(["ip=128.59.1.1; mode=fake"]);
  });

  it("are repeated once with a renewed token", async () => {
    network.on("GET /x", refuse(401, "TOKEN_EXPIRED"), json({ ok: true }));
    network.on("POST /auth/api/v1/refresh", newLogin("token-2"));
    expect(await (await authorised("/x")).json()).toEqual({ ok: true });
    expect(network.to("GET /x").map((asked) => asked.headers.get("Authorization"))).toEqual([
      "Bearer token-1",
      "Bearer token-2",
    ]);
    expect(network.to("POST /auth/api/v1/refresh")[0]?.body).toEqual({});
  });

  it("are not repeated when it was not the token that was refused", async () => {
    network.on("POST /x", refuse(401, "WRONG_PASSWORD"));
    await expect(authorised("/x", { method: "POST" })).rejects.toMatchObject({ code: "WRONG_PASSWORD" });
    expect(network.asked).toHaveLength(1);
  });

  it("are not repeated for ever", async () => {
    network.on("GET /x", refuse(401, "SESSION_ENDED"));
    network.on("POST /auth/api/v1/refresh", newLogin("token-2"));
    await expect(authorised("/x")).rejects.toMatchObject({ code: "SESSION_ENDED" });
    expect(network.to("GET /x")).toHaveLength(2);
  });

  it("tell a dead network from a cancelled request", async () => {
    network.on("GET /x", offline);
    await expect(send("/x")).rejects.toMatchObject({ code: "UNREACHABLE", status: 0 });
    await expect(send("/x", { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
  });
});
