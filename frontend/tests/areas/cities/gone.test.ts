import { beforeEach, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import CityView from "@/areas/cities/views/CityView.vue";

import { show } from "@tests/mount";
import { Network, refuse } from "@tests/network";

beforeEach(() => {
  tokens.adopt({ access_token: "token", token_type: "Bearer", expires_in: 600 });
});

it("says that a city was removed, and where the others are", async () => {
  new Network().on(`GET /storage/api/v1/servers/gone`, refuse(404, "SERVER_NOT_FOUND"));
  const page = show(CityView, { id: "gone" });
  await vi.waitFor(() => expect(page.text()).toContain("no longer here"));
  expect(page.find("a[href$='/cities']").exists()).toBe(true);
  expect(page.text()).not.toContain("Try again");
});
