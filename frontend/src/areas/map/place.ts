import { defineStore } from "pinia";
import { computed, ref } from "vue";

import * as api from "@/api/files";
import { surroundings, tokens } from "@/api/http";
import type { City, Place } from "@/api/types";
import { newest } from "@/kit/newest";
import { recall, remember } from "@/kit/remember";

import { stateOf, useCities } from "./cities";
import { cityName } from "./cityName";
import { distanceKm } from "./distance";
import { parsePlace } from "./places";

/** Where the server thinks this client is, and where the client pretends to be (demo stacks only). */
export const usePlace = defineStore("place", () => {
  const cities = useCities();
  const seen = ref<Place | null>(null);
  const fakeIp = ref<string | null>(recall("fake-ip"));

  surroundings.fakeIp = fakeIp.value;
  surroundings.onPlace = (header) => {
    const told = parsePlace(header);
    // A header holds ASCII only: the name already known for this address is the better one.
    if (told.ip !== seen.value?.ip || told.mode !== seen.value.mode) seen.value = told;
  };

  const point = computed(() => {
    const { latitude, longitude } = seen.value ?? {};
    return latitude == null || longitude == null ? null : { latitude, longitude };
  });

  /** Geolocation may add the quarter in brackets, which is more than the page has to say. */
  const city = computed(() => cityName((seen.value?.city ?? "").replace(/ \(.*\)$/, "")));
  /** On a demo stack the place of a client is whatever the client says. */
  const isFree = computed(() => seen.value !== null && seen.value.mode !== "real");

  const nearest = computed<City | null>(() => {
    const ranked = cities.all
      .filter((city) => ["online", "slow"].includes(stateOf(city)) && distanceTo(city.name) !== null)
      .sort((one, other) => (distanceTo(one.name) ?? 0) - (distanceTo(other.name) ?? 0));
    return ranked[0] ?? null;
  });

  /** Kilometres from here to a city, or null while either is unknown. */
  function distanceTo(server: string | null): number | null {
    const city = server === null ? undefined : cities.byName.get(server);
    return city === undefined || point.value === null ? null : distanceKm(point.value, city);
  }

  const begin = newest();

  async function locate(): Promise<void> {
    const isNewest = begin();
    const found = await api.locate();
    if (isNewest()) seen.value = found;
  }

  async function pretend(ip: string | null): Promise<void> {
    fakeIp.value = ip;
    surroundings.fakeIp = ip;
    remember("fake-ip", ip);
    // The session is where its last renewal came from.
    void tokens.renew().catch(() => undefined);
    await locate();
  }

  return { seen, fakeIp, city, isFree, point, nearest, distanceTo, pretend, locate };
});
