import { computed } from "vue";
import { useI18n } from "vue-i18n";

import { useCities } from "@/areas/map/cities";
import { usePlace } from "@/areas/map/place";

/** Says where uploads will go: the nearest city that answers, or that there is none. */
export function useDestination() {
  const { t } = useI18n();
  const cities = useCities();
  const place = usePlace();

  return computed(() => {
    if (cities.all.length > 0 && cities.all.every(({ name }) => cities.isAway(name))) return t("problems.NO_SERVER");
    if (place.nearest === null) return t("uploads.drop.hint");
    return t("uploads.drop.hintCity", { city: cities.label(place.nearest.name) });
  });
}
