import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { entries, type Entry } from "@/area";
import { useSession } from "@/areas/account/session";
import BottomBar from "@/frame/BottomBar.vue";
import SideRail from "@/frame/SideRail.vue";
import UserMenu from "@/frame/UserMenu.vue";

import { byLabel, byText, onPage, show } from "@tests/mount";
import { Network } from "@tests/network";
import { ANN } from "@tests/sample";

describe("the navigation", () => {
  const extra = (change: Partial<Entry>): Entry => ({
    route: "nowhere",
    text: "kit.retry",
    icon: "M0 0",
    order: 5,
    ...change,
  });
  const known = [...entries];

  beforeEach(() => {
    entries.splice(0, entries.length, ...known.filter(({ route }) => route === "files"));
    entries.push(extra({ section: "admin", permission: "users.view", text: "kit.dismiss" }));
  });
  afterEach(() => entries.splice(0, entries.length, ...known));

  const texts = () => [...document.querySelectorAll(".entry")].map((one) => one.textContent?.trim());

  it("shows what somebody may see, administration apart", async () => {
    show(SideRail);
    const session = useSession();
    session.profile = ANN;
    await vi.waitFor(() => expect(texts()).toEqual(["Files"]));
    expect(document.body.textContent).not.toContain("Administration");
    session.profile = { ...ANN, permissions: ["users.view"] };
    await vi.waitFor(() => expect(texts()).toEqual(["Files", "Close"]));
    expect(byText("Administration", "h2")).toBeTruthy();
    session.profile = { ...ANN, permissions: [], is_superuser: true };
    await vi.waitFor(() => expect(texts()).toEqual(["Files", "Close"]));
  });

  it("keeps what phones have no room for under More", async () => {
    entries.push(extra({}));
    new Network();
    show(BottomBar);
    useSession().profile = ANN;
    await vi.waitFor(() => expect(texts()).toEqual(["Files", "More"]));
    byText("More", "button").click();
    await vi.waitFor(() => byText("Try again", ".v-list-item-title"));
  });

  it("offers themes and languages to whoever is logged in, and remembers the choice", async () => {
    show(UserMenu);
    useSession().profile = ANN;
    byLabel("Account").click();
    const dark = await vi.waitFor(() => onPage<HTMLInputElement>("input[value=dark]"));
    expect(onPage<HTMLInputElement>("input[value=system]").checked).toBe(true);
    dark.click();
    await vi.waitFor(() => expect(onPage(".v-overlay .v-card").className).toContain("v-theme--dark"));
    expect(localStorage.getItem("meridian.theme")).toBe("dark");
    onPage<HTMLInputElement>("input[value=ru]").click();
    await vi.waitFor(() => expect(byText("Тёмная")).toBeTruthy());
    expect(localStorage.getItem("meridian.language")).toBe("ru");
  });
});
