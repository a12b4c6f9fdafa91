import { computed } from "vue";

import { useCities } from "./cities";
import { usePlace } from "./place";
import { useTraffic } from "./useTraffic";

/** What there is to draw on a map: the cities, the person, and what travels between them. */
export function useWorld() {
  const cities = useCities();
  const place = usePlace();
  const routes = useTraffic();

  const points = computed(() =>
    cities.all.map((city) => ({ ...city, label: cities.label(city.name), isOff: cities.isAway(city.name) })),
  );
  const you = computed(() => place.point);

  return { points, routes, you };
}
