import { describe, expect, it, vi } from "vitest";

import ResetView from "@/areas/account/views/ResetView.vue";

import { byText, onPage, show } from "@tests/mount";
import { Network, refuse } from "@tests/network";

const RESET = "POST /auth/api/v1/password/reset";
const PASSWORD = "seven green boats at noon";

describe("the page of a reset link", () => {
  const fill = async (password: string) => {
    const page = show(ResetView, { token: "link-1" });
    await page.get("input[name=new_password]").setValue(password);
    await page.get("form").trigger("submit");
    return page;
  };

  it("takes the new password, and leads to the log-in", async () => {
    const network = new Network().on(RESET, new Response(null, { status: 204 }));
    await fill(PASSWORD);
    await vi.waitFor(() => byText("Your password is changed", "h2"));
    expect(network.to(RESET)[0]?.body).toEqual({ token: "link-1", new_password: PASSWORD });
    expect(byText("Log in", "a").getAttribute("href")).toBe("/login");
  });

  it("says that a link is no good any more, and what to do", async () => {
    new Network().on(RESET, refuse(404, "RESET_NOT_FOUND"));
    await fill(PASSWORD);
    await vi.waitFor(() => expect(onPage("[role=alert]").textContent).toContain("ask for a new one"));
  });

  it("says at the field why a password is refused", async () => {
    new Network().on(RESET, refuse(422, "VALIDATION_FAILED", { errors: { new_password: ["A well-known password."] } }));
    await fill(PASSWORD);
    await vi.waitFor(() => expect(onPage(".v-messages").textContent).toContain("A well-known password."));
    expect(document.querySelector("[role=alert] .problem")).toBeNull();
  });
});
