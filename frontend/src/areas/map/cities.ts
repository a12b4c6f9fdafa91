import { defineStore } from "pinia";
import { computed, ref } from "vue";

import { listCities } from "@/api/files";
import type { City } from "@/api/types";
import { cityName } from "./cityName";

/** The cities that hold files, by the name of their server. */
export const useCities = defineStore("cities", () => {
  const all = ref<City[]>([]);
  const byName = computed(() => new Map(all.value.map((city) => [city.name, city])));

  async function load(): Promise<void> {
    all.value = await listCities();
  }

  /** What to call a server: its city in the language of the page. */
  function label(server: string): string {
    return cityName(byName.value.get(server)?.city ?? server);
  }

  /** A city known not to answer, or to have been switched off. */
  function isAway(server: string): boolean {
    return ["down", "off"].includes(byName.value.get(server)?.state ?? "");
  }

  return { all, byName, load, label, isAway };
});
