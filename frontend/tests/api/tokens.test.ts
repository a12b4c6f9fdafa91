import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Problem, unreachable } from "@/api/problem";
import { AccessTokens } from "@/api/tokens";
import type { Login } from "@/api/types";

const login = (token: string, seconds = 600): Login => ({
  access_token: token,
  token_type: "Bearer",
  expires_in: seconds,
});

describe("access tokens", () => {
  const exchange = vi.fn<() => Promise<Login>>();
  let tokens: AccessTokens;
  let lost: number;

  beforeEach(() => {
    vi.useFakeTimers();
    exchange.mockReset();
    lost = 0;
    tokens = new AccessTokens(exchange);
    tokens.onLost = () => (lost += 1);
  });
  afterEach(() => vi.unstubAllGlobals());

  it("are renewed half a minute before their end, not earlier", async () => {
    tokens.adopt(login("first", 100));
    vi.advanceTimersByTime(69_000);
    expect(await tokens.fresh()).toBe("first");
    expect(exchange).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2_000);
    exchange.mockResolvedValue(login("second"));
    expect(await tokens.fresh()).toBe("second");
  });

  it("are exchanged once, however many ask", async () => {
    exchange.mockImplementation(async () => login("shared"));
    const all = await Promise.all([tokens.fresh(), tokens.fresh(), tokens.renew(), tokens.other("old")]);
    expect(all).toEqual(["shared", "shared", "shared", "shared"]);
    expect(exchange).toHaveBeenCalledTimes(1);
  });

  it("are not exchanged for a token that was replaced meanwhile", async () => {
    tokens.adopt(login("new"));
    expect(await tokens.other("old")).toBe("new");
    expect(exchange).not.toHaveBeenCalled();
  });

  it("are lost only when the server says so", async () => {
    exchange.mockRejectedValueOnce(unreachable());
    await expect(tokens.fresh()).rejects.toMatchObject({ code: "UNREACHABLE" });
    expect(lost).toBe(0);
    exchange.mockRejectedValue(new Problem("REFRESH_FAILED", 401));
    const failed = expect(tokens.fresh()).rejects.toMatchObject({ status: 401 });
    await vi.runAllTimersAsync();
    await failed;
    expect(lost).toBe(1);
  });

  it("survive being the slower of two tabs where there are no locks", async () => {
    exchange.mockRejectedValueOnce(new Problem("REFRESH_REUSED", 401)).mockResolvedValue(login("mine"));
    const fresh = tokens.fresh();
    await vi.runAllTimersAsync();
    expect(await fresh).toBe("mine");
    expect(lost).toBe(0);
  });

  it("take turns with the other tabs where there are locks", async () => {
    const held: string[] = [];
    const request = vi.fn(async (name: string, action: () => Promise<Login>) => {
      held.push(name);
      return action();
    });
    vi.stubGlobal("navigator", { locks: { request } });
    exchange.mockRejectedValueOnce(new Problem("REFRESH_FAILED", 401));
    await expect(tokens.fresh()).rejects.toMatchObject({ status: 401 });
    expect(held).toEqual(["meridian.refresh"]);
    expect(exchange).toHaveBeenCalledTimes(1);
  });

  it("of a new session do not wait for those of the old one", async () => {
    exchange.mockReturnValueOnce(new Promise(() => undefined)).mockResolvedValue(login("next"));
    void tokens.renew();
    tokens.forget();
    expect(await tokens.renew()).toBe("next");
  });

  it("do not come back after a log-out during the exchange", async () => {
    let answer: (login: Login) => void = () => undefined;
    exchange.mockReturnValue(new Promise((resolve) => (answer = resolve)));
    const fresh = tokens.fresh();
    tokens.forget();
    answer(login("late"));
    await expect(fresh).rejects.toMatchObject({ code: "SIGNED_OUT" });
    expect(lost).toBe(0);
  });
});
