import { beforeEach, describe, expect, it, vi } from "vitest";

import { useSession } from "@/areas/account/session";
import LoginView from "@/areas/account/views/LoginView.vue";
import RegisterView from "@/areas/account/views/RegisterView.vue";
import { setLanguage } from "@/i18n";

import { byLabel, byText, onPage, show } from "@tests/mount";
import { json, Network, newLogin, refuse } from "@tests/network";
import { ANN } from "@tests/sample";

const LOGIN = "POST /auth/api/v1/login";
const REGISTER = "POST /auth/api/v1/register";

describe("the ways by other sites", () => {
  const offer = { items: [{ name: "google", title: "Google", url: "/auth/api/v1/oauth/google/login" }], next: null };

  it("lead there, and back to where one wanted to go", async () => {
    new Network().on("GET /auth/api/v1/providers", json(offer));
    show(LoginView, {}, "/login?next=/links");
    await vi.waitFor(() => byText("Continue with Google", "a"));
    const address = byText("Continue with Google", "a").getAttribute("href");
    expect(address).toBe("/auth/api/v1/oauth/google/login?return_to=%2Flinks");
  });

  it("say why somebody comes back without being logged in", async () => {
    new Network().on("GET /auth/api/v1/providers", refuse(503, "DATABASE_UNAVAILABLE"));
    show(LoginView, {}, "/login?error=SOCIAL_LOGIN_FAILED");
    await vi.waitFor(() => expect(onPage("[role=alert]").textContent).toContain("did not confirm who you are"));
  });
});

describe("the log-in form", () => {
  let network: Network;

  beforeEach(() => {
    network = new Network().on("GET /auth/api/v1/me", json(ANN));
  });

  it("logs in", async () => {
    const page = show(LoginView);
    network.on(LOGIN, newLogin());
    await page.get("input[name=username]").setValue(" ann ");
    await page.get("input[name=password]").setValue(" pass word ");
    await page.get("form").trigger("submit");
    await vi.waitFor(() => expect(useSession().status).toBe("member"));
    expect(network.to(LOGIN)[0]?.body).toEqual({ username: "ann", password: " pass word " });
  });

  it("says what is wrong, and asks for the second factor when it is needed", async () => {
    const page = show(LoginView);
    network.on(LOGIN, refuse(401, "LOGIN_FAILED"), refuse(401, "TOTP_REQUIRED"), newLogin());
    await page.get("input[name=username]").setValue("ann");
    await page.get("input[name=password]").setValue("pass");
    await page.get("form").trigger("submit");
    await vi.waitFor(() => expect(onPage("[role=alert]").textContent).toContain("password is wrong"));
    await page.get("form").trigger("submit");
    await vi.waitFor(() => expect(page.find("input[name=totp]").exists()).toBe(true));
    await page.get("input[name=totp]").setValue("123456");
    await page.get("form").trigger("submit");
    await vi.waitFor(() => expect(network.to(LOGIN)[2]?.body).toMatchObject({ totp: "123456" }));
  });

  it("takes a recovery code in place of one of the app, and says when it is wrong", async () => {
    const page = show(LoginView);
    network.on(LOGIN, refuse(401, "TOTP_REQUIRED"), refuse(401, "LOGIN_FAILED"), newLogin());
    await page.get("input[name=username]").setValue("ann");
    await page.get("input[name=password]").setValue("pass");
    await page.get("form").trigger("submit");
    await vi.waitFor(() => expect(document.activeElement?.getAttribute("name")).toBe("totp"));
    expect(document.querySelector("[role=alert] .problem")).toBeNull();
    byText("Use a recovery code", "button").click();
    await vi.waitFor(() => expect(document.activeElement?.getAttribute("name")).toBe("recovery_code"));
    await page.get("input[name=recovery_code]").setValue(" abcd-efgh ");
    await page.get("form").trigger("submit");
    await vi.waitFor(() => expect(onPage("[role=alert]").textContent).toContain("This code is wrong"));
    const body = { username: "ann", password: "pass", recovery_code: "abcd-efgh" };
    expect(network.to(LOGIN)[1]?.body).toEqual(body);
    await page.get("form").trigger("submit");
    await vi.waitFor(() => expect(useSession().status).toBe("member"));
  });

  it("says how long to wait after too many attempts", async () => {
    const page = show(LoginView);
    network.on(LOGIN, refuse(429, "TOO_MANY_ATTEMPTS", {}, { "Retry-After": "12" }));
    await page.get("input[name=username]").setValue("ann");
    await page.get("input[name=password]").setValue("pass");
    await page.get("form").trigger("submit");
    await vi.waitFor(() => expect(onPage("[role=alert]").textContent).toContain("wait 12 sec"));
  });

  it("counts down while one has to wait, and then lets one try again", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
    const page = show(LoginView);
    network.on(LOGIN, refuse(429, "TOO_MANY_ATTEMPTS", {}, { "Retry-After": "3" }), newLogin());
    await page.get("input[name=username]").setValue("ann");
    await page.get("input[name=password]").setValue("pass");
    await page.get("form").trigger("submit");
    const button = () => page.get("button[type=submit]").element as HTMLButtonElement;
    await vi.waitFor(() => expect(button().disabled).toBe(true));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(onPage("[role=alert] .number").textContent).toContain("wait 2 sec");
    await page.get("form").trigger("submit");
    expect(network.to(LOGIN)).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([button().disabled, document.querySelector("[role=alert] .problem")]).toEqual([false, null]);
    await page.get("form").trigger("submit");
    await vi.waitFor(() => expect(network.to(LOGIN)).toHaveLength(2));
  });

  it("has the cursor in its first field at once, and does not take it away later", () => {
    show(LoginView);
    expect(document.activeElement?.getAttribute("name")).toBe("username");
    expect(document.querySelector("[autofocus]")).toBeNull();
  });

  it("says in the language of the page what is not filled in, and sends nothing", async () => {
    const page = show(LoginView);
    expect(page.get("form").attributes()).toHaveProperty("novalidate");
    await setLanguage("ru");
    await page.get("form").trigger("submit");
    await vi.waitFor(() => expect(document.body.textContent).toContain("Заполните это поле."));
    expect(network.to(LOGIN)).toEqual([]);
    await vi.waitFor(() => expect(document.activeElement?.getAttribute("name")).toBe("username"));
  });

  it("shows the password on request", async () => {
    const page = show(LoginView);
    expect(page.get("input[name=password]").attributes("type")).toBe("password");
    byLabel("Show password").click();
    await vi.waitFor(() => expect(page.get("input[name=password]").attributes("type")).toBe("text"));
    expect(byLabel("Hide password").getAttribute("aria-pressed")).toBe("true");
  });
});

describe("the registration form", () => {
  const fill = async (page: ReturnType<typeof show>, password = "seven green boats at noon") => {
    await page.get("input[name=username]").setValue("ann");
    await page.get("input[name=email]").setValue("ann@example.com");
    await page.get("input[name=password]").setValue(password);
    await page.get("form").trigger("submit");
  };

  it("creates the account and logs in", async () => {
    const network = new Network().on(REGISTER, json(ANN, {}, 201)).on(LOGIN, newLogin());
    network.on("GET /auth/api/v1/me", json(ANN));
    await fill(show(RegisterView));
    await vi.waitFor(() => expect(useSession().status).toBe("member"));
    expect(network.to(REGISTER)[0]?.body).toEqual({
      username: "ann",
      email: "ann@example.com",
      password: "seven green boats at noon",
      first_name: "",
      last_name: "",
    });
    expect(network.to(LOGIN)[0]?.body).toEqual({ username: "ann", password: "seven green boats at noon" });
  });

  it("does not send what cannot be accepted", async () => {
    const network = new Network();
    await fill(show(RegisterView), "short");
    await vi.waitFor(() => expect(document.body.textContent).toContain("At least 15 characters, please."));
    expect(network.to(REGISTER)).toEqual([]);
  });

  it("leads to the first field that is not right", async () => {
    new Network();
    await fill(show(RegisterView), "short");
    await vi.waitFor(() => expect(document.activeElement?.getAttribute("name")).toBe("password"));
  });

  it("says beside its field that a name is taken, until another is typed", async () => {
    new Network().on(REGISTER, refuse(409, "USERNAME_TAKEN"));
    const page = show(RegisterView);
    await fill(page);
    const field = () => page.get("input[name=username]").element.closest(".v-input");
    await vi.waitFor(() => expect(field()?.textContent).toContain("This username is taken."));
    expect(document.activeElement?.getAttribute("name")).toBe("username");
    expect(document.querySelector("[role=alert] .problem")).toBeNull();
    await page.get("input[name=username]").setValue("anna");
    await vi.waitFor(() => expect(field()?.textContent).not.toContain("taken"));
  });

  it("uses an invitation, and says when there has to be one", async () => {
    const network = new Network().on(REGISTER, refuse(403, "REGISTRATION_CLOSED"), json(ANN, {}, 201));
    network.on(LOGIN, newLogin()).on("GET /auth/api/v1/me", json(ANN));
    const page = show(RegisterView, { token: "inv-1" });
    expect(document.body.textContent).toContain("You are invited");
    await fill(page);
    await vi.waitFor(() => expect(onPage("[role=alert]").textContent).toContain("by invitation"));
    await page.get("form").trigger("submit");
    await vi.waitFor(() => expect(useSession().status).toBe("member"));
    expect(network.to(REGISTER)[1]?.body).toMatchObject({ username: "ann", invitation: "inv-1" });
  });

  it("says while one types how good a password is", async () => {
    new Network();
    const page = show(RegisterView);
    const word = () => page.get(".strength .word").text();
    const type = (password: string) => page.get("input[name=password]").setValue(password);
    await page.get("input[name=username]").setValue("annalee");
    expect(word()).toContain("At least 15 characters");
    await type("seven green bo");
    expect(word()).toBe("1 more character, please.");
    await type("abababababababab");
    expect(word()).toContain("same few");
    await type("annalee meridian 1");
    expect(word()).toContain("your own name");
    await type("seven green boats");
    expect(word()).toContain("Good.");
    await type("seven green boats at noon");
    expect(word()).toBe("Hard to guess.");
  });

  it("shows refusals beside their fields", async () => {
    const errors = { password: ["A well-known password."] };
    new Network().on(REGISTER, refuse(422, "VALIDATION_FAILED", { errors }));
    await fill(show(RegisterView));
    await vi.waitFor(() => expect(document.body.textContent).toContain("A well-known password."));
  });
});
