import { defineStore } from "pinia";
import { computed, ref } from "vue";

import { listCities } from "@/api/files";
import type { City, LiveEvent } from "@/api/types";
import { newest } from "@/kit/newest";

import { cityName } from "./cityName";

export type CityState = "online" | "slow" | "offline" | "inactive" | "draining" | "off";

/** What the server calls the states of a city. */
const STATES: Record<string, CityState> = {
  online: "online",
  slow: "slow",
  offline: "offline",
  inactive: "inactive",
  draining: "draining",
  off: "off",
};

export function stateOf({ state }: Pick<City, "state">): CityState {
  return STATES[state] ?? "offline";
}

/** The cities that hold files, by the name of their server. */
export const useCities = defineStore("cities", () => {
  const all = ref<City[]>([]);
  const byName = computed(() => new Map(all.value.map((city) => [city.name, city])));

  const begin = newest();
  let isLoading = false;

  async function load(): Promise<void> {
    const isNewest = begin();
    isLoading = true;
    try {
      const found = await listCities();
      if (isNewest()) all.value = found;
    } finally {
      if (isNewest()) isLoading = false;
    }
  }

  /** Takes the new state out of the event; what the event does not tell is read. */
  async function hear({ type, server, state }: LiveEvent): Promise<void> {
    if (type !== "server.changed") return;
    const city = server === null ? undefined : byName.value.get(server);
    if (city === undefined || state === undefined) return load().catch(() => undefined);
    all.value = all.value.map((one) => (one === city ? { ...one, state: state as City["state"] } : one));
    // An answer on its way may be older than the event.
    if (isLoading) await load().catch(() => undefined);
  }

  /** What to call a server: its city in the language of the page. */
  function label(server: string): string {
    return cityName(byName.value.get(server)?.city ?? server);
  }

  /** A city known not to answer, or to have been switched off. */
  function isAway(server: string): boolean {
    const city = byName.value.get(server);
    return city !== undefined && ["offline", "off"].includes(stateOf(city));
  }

  return { all, byName, load, hear, label, isAway };
});
