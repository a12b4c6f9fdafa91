import { useI18n } from "vue-i18n";

import type { RankedCity, Replica, Replicas, StoredFile } from "@/api/types";
import { useCities } from "@/areas/map/cities";
import { cityName } from "@/areas/map/cityName";
import { formatAgo, formatDistance, formatMoment, formatWait } from "@/kit/formats";

export interface Stop {
  server: string;
  city: string;
  /** `absent`: not to be there. */
  kind: "ready" | "travelling" | "failed" | "absent";
  text: string;
  /** The exact moment, for who wants to know. */
  moment: string;
}

type Reason = Replicas["absent"][number]["reason"];

const LEAVING = new Set(["erasing", "gone"]);
/** It is a matter of how the city or the policy is set, not of time. */
const SETTLED = new Set<Reason>(["policy_excludes", "city_off", "city_inactive", "city_draining"]);
/** What took less was as good as at once. */
const AT_ONCE_S = 1;

/** The way of a file in words: where it arrived, where it was proved, where it is still going, and why there. */
export function useJourney() {
  const { t, locale } = useI18n();
  const cities = useCities();

  function stops({ items, absent }: Replicas, now: number): Stop[] {
    const copies = items.filter(({ state }) => !LEAVING.has(state)).map((replica) => stopOf(replica, now));
    return [...copies, ...absent.map(({ server, reason }) => absentStop(server, reason))];
  }

  function absentStop({ name, city }: Replica["server"], reason: Reason): Stop {
    const kind = reason === "catching_up" ? "travelling" : "absent";
    return { server: name, city: cityName(city), kind, text: t(`details.why.${reason}`), moment: "" };
  }

  function stopOf(replica: Replica, now: number): Stop {
    const { server, verified_at } = replica;
    const moment = verified_at === null ? "" : formatMoment(verified_at, locale.value);
    return {
      server: server.name,
      city: cityName(server.city),
      kind: kindOf(replica),
      text: textOf(replica, now),
      moment,
    };
  }

  function kindOf({ state, reason }: Replica): Stop["kind"] {
    if (reason !== null && SETTLED.has(reason)) return "absent";
    return state === "ready" || state === "failed" ? state : "travelling";
  }

  function textOf(replica: Replica, now: number): string {
    const { server, reason } = replica;
    if (reason !== null) return whyNot(replica, reason, now);
    const away = cities.isAway(server.name) ? `, ${t("details.where.away")}` : "";
    return readyText(replica, now) + away;
  }

  /** Why it is not there yet, or will not be. */
  function whyNot({ ahead, last_error, next_attempt_at }: Replica, reason: Reason, now: number): string {
    const said = t(`details.why.${reason}`);
    if (ahead !== null) return `${said}: ${ahead === 0 ? t("details.why.next") : t("details.why.ahead", ahead)}`;
    if (next_attempt_at === null) return said;
    const when = formatAgo(next_attempt_at, now, locale.value);
    return t("details.why.again", { said, error: last_error ?? "", when });
  }

  function readyText({ verified_at, lag_seconds }: Replica, now: number): string {
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
