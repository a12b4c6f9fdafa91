import { describe, expect, it, vi } from "vitest";

import ForgotView from "@/areas/account/views/ForgotView.vue";

import { byText, onPage, show } from "@tests/mount";
import { json, Network, refuse } from "@tests/network";

const FORGOT = "POST /auth/api/v1/password/forgot";

describe("the page for a forgotten password", () => {
  const fill = async (email: string) => {
    const page = show(ForgotView, {});
    await page.get("input[name=email]").setValue(email);
    await page.get("form").trigger("submit");
    return page;
  };

  it("sends a letter, and says the same of an address that nobody has", async () => {
    const network = new Network().on(FORGOT, json({ expires_in: 3600 }, {}, 202));
    await fill("ann@example.com");
    await vi.waitFor(() => byText("Check your mail", "h2"));
    expect(network.to(FORGOT)[0]?.body).toEqual({ email: "ann@example.com" });
    expect(document.body.textContent).toContain("If ann@example.com belongs to an account");
    expect(byText("Back to log in", "a").getAttribute("href")).toBe("/login");
  });

  it("sends nothing to what is no address", async () => {
    const network = new Network();
    await fill("ann");
    await vi.waitFor(() => expect(onPage(".v-messages").textContent).toContain("does not look like"));
    expect(network.to(FORGOT)).toHaveLength(0);
  });

  it("says who can help where no mail is sent", async () => {
    new Network().on(FORGOT, refuse(409, "MAIL_NOT_SET_UP"));
    await fill("ann@example.com");
    await vi.waitFor(() => expect(onPage("[role=alert]").textContent).toContain("Your administrator can give you"));
  });
});
