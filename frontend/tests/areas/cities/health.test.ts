import "@/areas/cities/bring";

import { beforeEach, describe, expect, it, vi } from "vitest";
import { h } from "vue";

import { tokens } from "@/api/http";
import type { HealthChange, LiveEvent } from "@/api/types";
import CityHealth from "@/areas/cities/components/CityHealth.vue";
import { formatFromTo, formatLasted, formatShare } from "@/areas/cities/lasted";
import { i18n } from "@/i18n";
import { type Listener, useLive } from "@/live/store";

import { byText, onPage, show } from "@tests/mount";
import { json, Network } from "@tests/network";

const HEALTH = "/storage/api/v1/servers/c1/health";
const AT = (minute: number) => new Date(2026, 10, 27, 12, minute).toISOString();
const SPAN = {
  uptime: 0.99791,
  seconds: { online: 86_220, offline: 180, full: 60 },
  slice_seconds: 21_600,
  slices: [null, "online", "offline", "online"],
};
const AGAIN: HealthChange = { id: "3", state: "online", takes_writes: true, since: AT(7), until: null };
const CHANGES: HealthChange[] = [
  AGAIN,
  { id: "2", state: "offline", takes_writes: true, since: AT(4), until: AT(7) },
  { id: "1", state: "online", takes_writes: false, since: AT(2), until: AT(4) },
];

function answer(items: HealthChange[], next: string | null = null) {
  return json({ items, next, day: SPAN, month: { ...SPAN, uptime: 1, seconds: { online: 7_200 } } });
}

beforeEach(() => {
  tokens.adopt({ access_token: "token", token_type: "Bearer", expires_in: 600 });
});

describe("how long and when", () => {
  it("is said as people say it, and never rounded up to all of it", () => {
    expect([12, 180, 5_400, 172_800].map((seconds) => formatLasted(seconds, "en"))).toEqual([
      ...["12 sec", "3 min", "1.5 hr", "2 days"],
    ]);
    expect(formatLasted(0.2, "en")).toBe("1 sec");
    expect([1, 0.99999, 0.98765].map((share) => formatShare(share, "en"))).toEqual(["100%", "99.99%", "98.76%"]);
    const later = Date.parse(AT(30));
    expect(formatFromTo(AT(4), AT(7), later, "ru")).toBe("12:04–12:07");
    expect(formatFromTo(AT(4), AT(7), later + 86_400_000, "ru")).toContain("27 нояб.");
  });
});

describe("the health of a city", () => {
  it("is a strip with its share, and every change in words, more of them when asked for", async () => {
    const network = new Network().on(`GET ${HEALTH}`, answer(CHANGES.slice(0, 2), "more"), answer(CHANGES.slice(2)));
    const page = show(CityHealth, { id: "c1" });
    await vi.waitFor(() => expect(page.findAll("[data-health]")).toHaveLength(2));
    expect(page.text()).toContain("Last 24 hoursanswered 99.79%");
    expect(page.text()).toContain("did not answer for 3 min · took nothing new for 1 min");
    expect(page.text()).toContain("Last 30 daysanswered 100%");
    expect([...onPage("svg").querySelectorAll("rect")].map((piece) => piece.getAttribute("class"))).toEqual([
      ...["unknown", "online", "offline", "online"],
    ]);
    expect(onPage("[data-health=online]").textContent).toMatch(/^answers.*since/);
    expect(onPage("[data-health=offline]").textContent).toMatch(/^did not answer for 3 min.*12:04\s?–\s?12:07/);
    byText("Show more", "button").click();
    await vi.waitFor(() => expect(onPage("[data-health=full]").textContent).toContain("took nothing new for 2 min"));
    expect(network.to(`GET ${HEALTH}`).map(({ query }) => query.get("cursor"))).toEqual([null, "more"]);
  });

  it("says since when nothing has changed, and follows what changes", async () => {
    const listeners: Listener[] = [];
    new Network().on(`GET ${HEALTH}`, answer([AGAIN]), answer(CHANGES));
    const setup = () => {
      vi.spyOn(useLive(), "listen").mockImplementation((listener) => {
        listeners.push(listener);
        return () => undefined;
      });
      return () => h(CityHealth, { id: "c1" });
    };
    const page = show({ setup });
    await vi.waitFor(() => expect(page.text()).toContain("No change since November 27, 2026"));
    expect(page.find("[data-health]").exists()).toBe(false);
    for (const { onEvent } of listeners) onEvent?.({ type: "server.changed" } as unknown as LiveEvent);
    await vi.waitFor(() => expect(page.findAll("[data-health]")).toHaveLength(3));
    expect(page.text()).not.toContain("No change");
  });

  it("is said in Russian, too", async () => {
    new Network().on(`GET ${HEALTH}`, answer(CHANGES));
    i18n.global.locale.value = "ru";
    const page = show(CityHealth, { id: "c1" });
    await vi.waitFor(() => expect(page.text()).toContain("не отвечал 3 мин"));
    expect(page.text()).toContain("За 24 часаотвечал 99,79\u00a0%");
    i18n.global.locale.value = "en";
  });
});
