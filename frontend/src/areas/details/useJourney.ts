import { useI18n } from "vue-i18n";

import type { RankedCity, Replica, StoredFile } from "@/api/types";
import { useCities } from "@/areas/map/cities";
import { cityName } from "@/areas/map/cityName";
import { formatAgo, formatDistance, formatMoment, formatWait } from "@/kit/formats";

export interface Stop {
  server: string;
  city: string;
  kind: "ready" | "travelling" | "failed";
  text: string;
  /** The exact moment, for who wants to know. */
  moment: string;
}

const LEAVING = new Set(["erasing", "gone"]);
/** What took less was as good as at once. */
const AT_ONCE_S = 1;

/** The way of a file in words: where it arrived, where it was proved, where it is still going, and why there. */
export function useJourney() {
  const { t, locale } = useI18n();
  const cities = useCities();

  function stops(replicas: Replica[], now: number): Stop[] {
    return replicas.filter(({ state }) => !LEAVING.has(state)).map((replica) => stopOf(replica, now));
  }

  function stopOf(replica: Replica, now: number): Stop {
    const { server, state, verified_at } = replica;
    const kind = state === "ready" || state === "failed" ? state : "travelling";
    const away = cities.isAway(server.name) ? `, ${t("details.where.away")}` : "";
    const moment = verified_at === null ? "" : formatMoment(verified_at, locale.value);
    return { server: server.name, city: cityName(server.city), kind, text: stateOf(replica, now) + away, moment };
  }

  function stateOf({ state, verified_at, lag_seconds }: Replica, now: number): string {
    if (state !== "ready") return t(`details.where.${state}`);
    if (verified_at === null) return t("details.where.unread");
    const when = formatAgo(verified_at, now, locale.value);
    if (lag_seconds < AT_ONCE_S) return t("details.where.ready", { when });
    return t("details.where.readyIn", { when, wait: formatWait(lag_seconds, locale.value) });
  }

  /** Which city serves it here, and why not a nearer one. */
  function reason(ranked: RankedCity[]): string {
    const [first] = ranked;
    if (first === undefined) return "";
    const city = cityName(first.server.city);
    if (first.distance_km === null) return t("details.where.first", { city });
    const nearer = ranked.find(({ distance_km }) => (distance_km ?? Infinity) < (first.distance_km ?? 0));
    if (nearer === undefined) {
      return t("details.where.nearest", { city, distance: formatDistance(first.distance_km, locale.value) });
    }
    const key = nearer.is_healthy ? "passedSlow" : "passed";
    return `${t("details.where.first", { city })} ${t(`details.where.${key}`, { city: cityName(nearer.server.city) })}`;
  }

  function safety({ durable, replicas }: StoredFile): string {
    return durable ? t("details.where.durable", replicas.ready) : t("details.where.notDurable");
  }

  return { stops, reason, safety };
}
