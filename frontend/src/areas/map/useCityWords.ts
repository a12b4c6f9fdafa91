import { computed } from "vue";
import { useI18n } from "vue-i18n";

import { language } from "@/i18n";
import { formatDistance } from "@/kit/formats";

import { type CityState, stateOf, useCities } from "./cities";
import { usePlace } from "./place";

export interface CityWords {
  name: string;
  label: string;
  state: CityState;
  /** What is not as it should be, in words. */
  trouble: string;
  far: string;
}

const HERE_KM = 50;

/** The cities in words: those in trouble first, then the nearest. */
export function useCityWords() {
  const { t } = useI18n();
  const cities = useCities();
  const place = usePlace();

  const words = computed<CityWords[]>(() =>
    cities.all
      .map((city) => ({ city, state: stateOf(city), km: place.distanceTo(city.name) }))
      .sort((one, other) => rank(one.state) - rank(other.state) || (one.km ?? 0) - (other.km ?? 0))
      .map(({ city, state, km }) => ({
        name: city.name,
        label: cities.label(city.name),
        state,
        trouble: state === "online" ? "" : t(`map.states.${state}`),
        far: distance(km),
      })),
  );
  const troubled = computed(() => words.value.filter(({ trouble }) => trouble !== ""));

  function distance(km: number | null): string {
    if (km === null) return "";
    return km < HERE_KM ? t("map.here") : formatDistance(km, language.value);
  }

  return { words, troubled };
}

function rank(state: CityState): number {
  return state === "online" ? 1 : 0;
}
