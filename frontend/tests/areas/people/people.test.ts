import { beforeEach, describe, expect, it, vi } from "vitest";
import { defineComponent, h, ref } from "vue";

import { tokens } from "@/api/http";
import { useSession } from "@/areas/account/session";
import { changesOf } from "@/areas/people/changes";
import AuditView from "@/areas/people/views/AuditView.vue";
import InvitationsView from "@/areas/people/views/InvitationsView.vue";
import PeopleView from "@/areas/people/views/PeopleView.vue";
import PersonView from "@/areas/people/views/PersonView.vue";
import RolesView from "@/areas/people/views/RolesView.vue";
import { setLanguage } from "@/i18n";
import { useNotices } from "@/kit/notices";

import { byLabel, byText, onPage, show } from "@tests/mount";
import { json, Network, refuse } from "@tests/network";
import { ANN } from "@tests/sample";

const API = "/auth/api/v1";
const BOB = { ...ANN, id: "b1", username: "bob", first_name: "Bob", last_name: "Ray", email: "bob@example.com" };
const ROLES = [
  { id: "r1", name: "member", description: "what somebody wrote", is_system: true, permissions: ["files.view"] },
  { id: "r2", name: "editor", description: "edits", is_system: false, permissions: [] },
];
const PERMISSIONS = [{ id: "p1", name: "files.view", description: "", is_system: true }];
const nothing = () => new Response(null, { status: 204 });
const page = (...items: object[]) => json({ items, next: null });

let network: Network;
beforeEach(() => {
  network = new Network().on(`GET ${API}/roles`, page(...ROLES)).on(`GET ${API}/permissions`, page(...PERMISSIONS));
  network.on(`GET ${API}/audit`, page()).on(`GET ${API}/users/b1/logins`, page());
  tokens.adopt({ access_token: "token-1", token_type: "Bearer", expires_in: 600 });
});

function become(...permissions: string[]) {
  useSession().profile = { ...ANN, permissions };
}

describe("the list of people", () => {
  it("is searched and filtered by the server", async () => {
    network.on(`GET ${API}/users`, page(ANN, { ...BOB, is_active: false }), page(BOB), page());
    const shown = show(PeopleView);
    become("users.view");
    await vi.waitFor(() => expect(document.querySelectorAll(".list-row")).toHaveLength(2));
    expect(onPage(".mark.off").textContent.trim()).toBe("Off");
    expect(document.body.textContent).not.toContain("Invite somebody");
    await shown.get("input[type=search]").setValue("bob");
    await vi.waitFor(() => expect(document.querySelectorAll(".list-row")).toHaveLength(1));
    await shown.get("select").setValue("false");
    await vi.waitFor(() => expect(document.body.textContent).toContain("Nobody matches."));
    expect(Object.fromEntries(network.to(`GET ${API}/users`)[2]?.query ?? [])).toMatchObject({
      q: "bob",
      is_active: "false",
    });
  });
});

describe("the page of a person", () => {
  const rights = ["users.view", "users.change", "users.grant", "roles.view"];

  it("switches an account off at once, and on again when that is undone", async () => {
    network.on(`GET ${API}/users/b1`, json(BOB), json({ ...BOB, is_active: false }), json(BOB));
    network.on(`PATCH ${API}/users/b1`, json(BOB));
    show(PersonView, { id: "b1" });
    become(...rights);
    await vi.waitFor(() => byText("Switch off", "button").click());
    await vi.waitFor(() => byText("Switch on", "button"));
    useNotices().current?.action?.run();
    await vi.waitFor(() => byText("Switch off", "button"));
    const bodies = network.to(`PATCH ${API}/users/b1`).map(({ body }) => body);
    expect(bodies).toEqual([{ is_active: false }, { is_active: true }]);
  });

  it("makes a link that is shown once", async () => {
    network.on(`GET ${API}/users/b1`, json(BOB));
    const link = { url: "https://m.test/reset/abc", expires_at: "2026-11-21T10:00:00Z" };
    network.on(`POST ${API}/users/b1/reset`, json(link));
    show(PersonView, { id: "b1" });
    become(...rights);
    await vi.waitFor(() => byText("Link for a new password", "button").click());
    await vi.waitFor(() => expect(onPage<HTMLInputElement>(".made input").value).toBe(link.url));
  });

  it("gives roles by a tick, and says why one is not given", async () => {
    network.on(`GET ${API}/users/b1`, json(BOB));
    network.on(`PUT ${API}/users/b1/roles/r2`, nothing());
    show(PersonView, { id: "b1" });
    become(...rights);
    const box = () => [...document.querySelectorAll<HTMLInputElement>(".ticks input")][1];
    await vi.waitFor(() => expect(box()?.disabled).toBe(false));
    box()?.click();
    await vi.waitFor(() => expect(useNotices().current?.text).toBe("The role editor is given."));
    await vi.waitFor(() => expect(box()?.disabled).toBe(false));
    network.on(`PUT ${API}/users/b1/roles/r2`, refuse(404, "ROLE_NOT_FOUND"));
    box()?.click();
    await vi.waitFor(() => expect(useNotices().current?.text).toBe("This role is no longer here."));
  });

  it("offers nothing to whom may only look", async () => {
    network.on(`GET ${API}/users/b1`, json(BOB));
    show(PersonView, { id: "b1" });
    become("users.view");
    await vi.waitFor(() => expect(document.body.textContent).toContain("bob@example.com"));
    expect(document.querySelector(".settings .buttons")).toBeNull();
  });
});

describe("invitations", () => {
  it("are made with a link that is shown once", async () => {
    const made = {
      id: "i1",
      email: "eve@example.com",
      roles: [],
      created_by: "u1",
      created_at: "2026-11-20T10:00:00Z",
      expires_at: "2099-11-27T10:00:00Z",
      used_at: null,
    };
    network.on(`GET ${API}/invitations`, page(), page(made));
    network.on(`POST ${API}/invitations`, json({ ...made, url: "https://m.test/invite/abc" }, {}, 201));
    show(InvitationsView);
    become("users.change");
    await vi.waitFor(() => expect(document.body.textContent).toContain("There are no invitations."));
    byText("Invite somebody", "button").click();
    const field = await vi.waitFor(() => onPage<HTMLInputElement>("input[name=invited_email]"));
    field.value = "eve@example.com";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.closest("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await vi.waitFor(() => expect(onPage<HTMLInputElement>(".made input").value).toContain("/invite/abc"));
    expect(network.to(`POST ${API}/invitations`)[0]?.body).toEqual({ email: "eve@example.com", roles: [] });
  });
});

describe("the table of roles", () => {
  const cells = () => [...document.querySelectorAll<HTMLInputElement>("td input")];

  /** The view asks for the permissions when it is shown, so that who is there is known before. */
  async function open(...permissions: string[]) {
    const isKnown = ref(false);
    show(defineComponent({ render: () => (isKnown.value ? h(RolesView) : null) }));
    become(...permissions);
    isKnown.value = true;
    await vi.waitFor(() => expect(cells()).toHaveLength(2));
  }

  it("puts a permission into a role by a tick", async () => {
    network.on(`PUT ${API}/roles/r2/permissions/p1`, nothing());
    await open("roles.view", "roles.change", "permissions.view");
    expect(cells().map(({ checked }) => checked)).toEqual([true, false]);
    network.on(
      `GET ${API}/roles`,
      page({ ...ROLES[0], permissions: [] }, { ...ROLES[1], permissions: ["files.view"] }),
    );
    cells()[1]?.click();
    await vi.waitFor(() => expect(useNotices().current?.text).toBe("editor may now: See own files."));
    await vi.waitFor(() => expect(cells().map(({ checked }) => checked)).toEqual([false, true]));
  });

  it("renames and describes a role", async () => {
    network.on(`PATCH ${API}/roles/r2`, refuse(409, "ROLE_EXISTS"), json(ROLES[1]));
    await open("roles.view", "roles.change", "permissions.view");
    byLabel("Change the role editor").click();
    const name = await vi.waitFor(() => onPage<HTMLInputElement>("input[name=role_name]"));
    expect([name.value, name.readOnly]).toEqual(["editor", false]);
    name.value = "writer";
    name.dispatchEvent(new Event("input", { bubbles: true }));
    byText("Save", "button").click();
    await vi.waitFor(() =>
      expect(onPage("[role=dialog]").textContent).toContain("There is already a role with this name."),
    );
    byText("Save", "button").click();
    await vi.waitFor(() => expect(document.querySelector("input[name=role_name]")).toBeNull());
    const body = { name: "writer", description: ROLES[1]?.description };
    expect(network.to(`PATCH ${API}/roles/r2`)[1]?.body).toEqual(body);
  });

  it("keeps the name of a role of the system, and keeps the role", async () => {
    await open("roles.view", "roles.change", "permissions.view");
    expect(document.querySelector('[aria-label="Delete Member"]')).toBeNull();
    byLabel("Change the role Member").click();
    const name = await vi.waitFor(() => onPage<HTMLInputElement>("input[name=role_name]"));
    expect(name.readOnly).toBe(true);
    await vi.waitFor(() => expect(onPage("[role=dialog]").textContent).toContain("belongs to Meridian"));
  });

  it("calls roles of the system as people do in their language, and others as they are written", async () => {
    await setLanguage("ru");
    await open("roles.view", "permissions.view");
    const heads = [...document.querySelectorAll<HTMLElement>("thead th.role")];
    expect(heads.map(({ textContent, title }) => [textContent.trim(), title])).toEqual([
      ["Участник", "what somebody wrote"],
      ["editor", "edits"],
    ]);
  });

  it("gives the focus back when a dialog closes", async () => {
    await open("roles.view", "roles.change", "permissions.view");
    const change = byLabel("Change the role editor");
    change.focus();
    change.click();
    await vi.waitFor(() => expect(document.activeElement?.getAttribute("name")).toBe("role_name"));
    byText("Cancel", "button").click();
    await vi.waitFor(() => expect(document.activeElement).toBe(change));
  });

  it("can only be looked at without the permission", async () => {
    await open("roles.view", "permissions.view");
    expect(document.querySelector('[aria-label^="Change the role"]')).toBeNull();
    expect(cells().every(({ disabled }) => disabled)).toBe(true);
    expect(document.body.textContent).not.toContain("New role");
  });
});

describe("the audit", () => {
  it("says who changed what, before and after", async () => {
    const entry = {
      id: "a1",
      actor_id: "u1",
      action: "user.changed",
      object_id: "b1",
      before: { is_active: true, email: "b@x.org" },
      after: { is_active: false, email: "b@x.org" },
      ip: "203.0.113.5",
      created_at: "2026-11-20T10:00:00Z",
    };
    network.on(`GET ${API}/audit`, page(entry)).on(`POST ${API}/people/names`, json({ items: [ANN, BOB] }));
    show(AuditView);
    const row = await vi.waitFor(() => onPage(".row"));
    expect(row.textContent).toContain("Account changed: Bob Ray");
    expect(row.textContent).toContain("Ann Lee");
    expect([onPage("del").textContent, onPage("ins").textContent]).toEqual(["true", "false"]);
  });

  it("shows only what is not the same", () => {
    expect(changesOf({ before: { a: 1, b: [1, 2] }, after: { a: 1, b: [2], c: { d: 1 } } })).toEqual([
      { name: "b", before: "1, 2", after: "2" },
      { name: "c", before: "", after: '{"d":1}' },
    ]);
    expect(changesOf({ before: null, after: { role: "x" } })).toEqual([{ name: "role", before: "", after: "x" }]);
  });
});
