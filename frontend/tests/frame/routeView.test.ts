import { beforeEach, describe, expect, it, vi } from "vitest";
import { h } from "vue";

import { tokens } from "@/api/http";
import { useSession } from "@/areas/account/session";
import RouteView from "@/frame/RouteView.vue";

import { byText, onPage, show } from "@tests/mount";
import { json, Network } from "@tests/network";
import { ANN, CITIES } from "@tests/sample";

const STORAGE = "/storage/api/v1";
const ALL = { copies: "all", one_per_zone: false, zones: { require: [], forbid: [] }, near_owner: false };
const OF_FILE = { ...ALL, copies: 2, set_for: "file", set_for_id: "f1" };
const OF_ALL = { ...ALL, set_for: "all", set_for_id: null };
const NOTHING = { files: 0, bytes: 0, moves: [] };

/** The page of a route, for somebody who may do anything. */
function open(at: string) {
  const setup = () => {
    Object.assign(useSession(), { status: "member", profile: { ...ANN, is_superuser: true } });
    return () => h(RouteView);
  };
  return show({ setup }, {}, at).vm.$router;
}

beforeEach(() => tokens.adopt({ access_token: "token", token_type: "Bearer", expires_in: 600 }));

describe("the page of a route", () => {
  it.each([
    { from: "", to: "?file=f1", path: `${STORAGE}/files/f1/policy`, title: "This file with all its versions" },
    { from: "?file=f1", to: "", path: `${STORAGE}/policy`, title: "All files" },
  ])(
    "saves a policy for what the address names, also when that changed: to '$to'",
    async ({ from, to, path, title }) => {
      const network = new Network()
        .on(`GET ${STORAGE}/servers`, json({ items: CITIES, next: null }))
        .on(`GET ${STORAGE}/policy`, json(OF_ALL))
        .on(`GET ${STORAGE}/files/f1/policy`, json(OF_FILE))
        .on(`PUT ${STORAGE}/policy`, json(OF_ALL))
        .on(`PUT ${STORAGE}/files/f1/policy`, json(OF_FILE))
        .on(`POST ${STORAGE}/policies/simulate`, json(NOTHING));
      const router = open(`/admin/policy${from}`);
      await vi.waitFor(() => byText("Show what would move", "button"));
      await router.push(`/admin/policy${to}`);
      await vi.waitFor(() => expect(network.to(`GET ${path}`)).toHaveLength(1));
      await vi.waitFor(() => byText(title));
      byText("Show what would move", "button").click();
      await vi.waitFor(() => byText("Save", "button"));
      byText("Save", "button").click();
      await vi.waitFor(() => expect(network.asked.filter(({ method }) => method === "PUT")).toHaveLength(1));
      expect(network.to(`PUT ${path}`)).toHaveLength(1);
    },
  );

  it("shows another city, person or film when the address names another", async () => {
    const network = new Network();
    const router = open("/admin/cities/c1");
    const asked = (path: string) => vi.waitFor(() => expect(network.to(`GET ${path}`).length).toBeGreaterThan(0));
    await asked(`${STORAGE}/servers/c1`);
    await router.push("/admin/cities/c2");
    await asked(`${STORAGE}/servers/c2`);
    for (const id of ["p1", "p2"]) {
      await router.push(`/admin/people/${id}`);
      await asked(`/auth/api/v1/users/${id}`);
    }
    for (const id of ["m1", "m2"]) {
      await router.push(`/films/${id}`);
      await asked(`/movies/api/v1/films/${id}`);
    }
  });

  it("stays the same page where only a filter changes", async () => {
    new Network().on(`GET ${STORAGE}/actions`, json({ items: [], next: null }));
    const router = open("/history");
    await vi.waitFor(() => onPage("section.card"));
    const page = onPage("section.card");
    await router.push("/history?event=FILE.DELETE");
    await vi.waitFor(() => byText("Show everything", "button"));
    expect(page.isConnected).toBe(true);
  });
});
