import "@/areas/cities/bring";

import { beforeEach, describe, expect, it, vi } from "vitest";
import { nextTick } from "vue";

import { tokens } from "@/api/http";
import type { Policy } from "@/api/types";
import { useSession } from "@/areas/account/session";
import PolicyView from "@/areas/cities/views/PolicyView.vue";

import { byText, onPage, show } from "@tests/mount";
import { json, Network, refuse } from "@tests/network";
import { ANN, CITIES } from "@tests/sample";

const STORAGE = "/storage/api/v1";
const ALL: Policy = { copies: "all", one_per_zone: false, zones: { require: [], forbid: [] }, near_owner: false };
const MOVES = {
  files: 3,
  bytes: 3_000_000,
  moves: [
    { server: "new-york", adds_files: 0, adds_bytes: 0, drops_files: 3, drops_bytes: 3_000_000 },
    { server: "cape-town", adds_files: 1, adds_bytes: 500, drops_files: 0, drops_bytes: 0 },
  ],
};

/** Each in a zone of its own. */
const SPREAD = CITIES.map((city, at) => ({ ...city, zone: ["america", "asia", "africa"][at] }));

beforeEach(() => {
  tokens.adopt({ access_token: "token", token_type: "Bearer", expires_in: 600 });
});

function network(path = `${STORAGE}/policy`, found: object = { ...ALL, set_for: "all", set_for_id: null }) {
  return new Network()
    .on(`GET ${STORAGE}/servers`, json({ items: SPREAD, next: null }))
    .on(`GET ${path}`, json(found))
    .on(`POST ${STORAGE}/policies/simulate`, json(MOVES));
}

async function open(props: Record<string, unknown> = {}, ...permissions: string[]) {
  const page = show(PolicyView, props, "/admin/policy");
  useSession().profile = { ...ANN, permissions };
  await vi.waitFor(() => expect(document.querySelectorAll("[data-zone]").length).toBe(3));
  return page;
}

async function choose(selector: string, value: string) {
  const field = onPage<HTMLSelectElement>(selector);
  field.value = value;
  field.dispatchEvent(new Event("change"));
  await nextTick();
}

describe("the page of policies", () => {
  it("counts what would move before it can be saved", async () => {
    const net = network().on(`PUT ${STORAGE}/policy`, json({ ...ALL, copies: 2, set_for: "all", set_for_id: null }));
    await open({}, "policy.view", "policy.change");
    expect(document.body.textContent).not.toContain("Save");
    const zone = "america";
    await choose(`[data-zone="${zone}"] select`, "never");
    await choose('select[aria-label="Copies"]', "number");
    byText("Show what would move", "button").click();
    await vi.waitFor(() => onPage("[data-moves=new-york]"));
    expect(onPage("[data-moves=new-york]").textContent).toContain("3 files go, 3 MB");
    expect(onPage("[data-moves=cape-town]").textContent).toContain("1 file comes");
    const wish = { ...ALL, copies: 2, zones: { require: [], forbid: [zone] } };
    expect(net.to(`POST ${STORAGE}/policies/simulate`)[0]?.body).toEqual({ policy: wish });
    byText("Save", "button").click();
    await vi.waitFor(() => expect(net.to(`PUT ${STORAGE}/policy`)[0]?.body).toEqual(wish));
  });

  it("forgets what was counted for another wish", async () => {
    network();
    await open({}, "policy.view", "policy.change");
    byText("Show what would move", "button").click();
    await vi.waitFor(() => onPage("[data-moves=new-york]"));
    await choose('select[aria-label="Copies"]', "number");
    await vi.waitFor(() => expect(document.querySelector("[data-moves]")).toBeNull());
    byText("Show what would move", "button");
  });

  it("forgets what is counted for another wish than there is by then", async () => {
    const answers: ((answer: Response) => void)[] = [];
    const net = network().on(
      `POST ${STORAGE}/policies/simulate`,
      () => new Promise((resolve) => answers.push(resolve)),
    );
    await open({}, "policy.view", "policy.change");
    byText("Show what would move", "button").click();
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    await choose('select[aria-label="Copies"]', "number");
    answers[0]?.(json(MOVES));
    await vi.waitFor(() => expect(document.querySelector("[aria-busy]")).toBeNull());
    expect(document.querySelector("[data-moves]")).toBeNull();
    byText("Show what would move", "button").click();
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.(json(MOVES));
    await vi.waitFor(() => byText("Save", "button"));
    expect(net.to(`POST ${STORAGE}/policies/simulate`)[1]?.body).toMatchObject({ policy: { copies: 2 } });
  });

  it("shows a folder what it inherits, and lets it be said otherwise and back", async () => {
    const path = `${STORAGE}/folders/f1/policy`;
    const own = { ...ALL, copies: 1, set_for: "folder", set_for_id: "f1" };
    const net = network(path)
      .on(`PUT ${path}`, json(own))
      .on(`DELETE ${path}`, json(null, {}, 204));
    await open({ folder: "f1" }, "policy.view", "policy.change");
    byText("It has no rule of its own; the rule for all files applies.");
    byText("Show what would move", "button").click();
    await vi.waitFor(() => byText("Save", "button"));
    expect(net.to(`POST ${STORAGE}/policies/simulate`)[0]?.body).toMatchObject({ folder_id: "f1" });
    byText("Save", "button").click();
    await vi.waitFor(() => byText("Remove this rule", "button"));
    byText("Remove this rule", "button").click();
    await vi.waitFor(() => expect(net.to(`DELETE ${path}`)).toHaveLength(1));
  });

  it("only shows it to who may not change it", async () => {
    network();
    await open({}, "policy.view");
    expect(onPage<HTMLFieldSetElement>("fieldset").disabled).toBe(true);
    expect(document.querySelector(".buttons")).toBeNull();
  });

  it("says so when it cannot be read", async () => {
    new Network()
      .on(`GET ${STORAGE}/servers`, json({ items: SPREAD, next: null }))
      .on(`GET ${STORAGE}/policy`, refuse(503, "DATABASE_UNAVAILABLE"));
    show(PolicyView, {}, "/admin/policy");
    await vi.waitFor(() => byText("The cities cannot be shown"));
  });
});
