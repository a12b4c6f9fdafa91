import { computed } from "vue";
import { type LocationQueryValue, useRoute, useRouter } from "vue-router";

import type { ActionQuery } from "@/api/actions";

/** What the page shows, as the address says it: days are those of the person who looks. */
export interface HistoryQuery {
  event: string;
  object: string;
  user: string;
  since: string;
  until: string;
}

const FIELDS = ["event", "object", "user", "since", "until"] as const;
const DAY = /^\d{4}-\d\d-\d\d$/;

export function useHistoryQuery() {
  const route = useRoute();
  const router = useRouter();

  return computed<HistoryQuery>({
    get: () => read(route.query),
    set(wanted) {
      const said = FIELDS.filter((field) => wanted[field] !== "").map((field) => [field, wanted[field]]);
      void router.replace({ query: Object.fromEntries(said) as Record<string, string> });
    },
  });
}

export function isNarrow(query: HistoryQuery): boolean {
  return FIELDS.some((field) => query[field] !== "");
}

/** The query as the server takes it: from the first moment of one day to the last of the other. */
export function actionQuery({ event, object, user, since, until }: HistoryQuery): ActionQuery {
  return { event, object_id: object, user_id: user, since: momentOf(since, 0), until: momentOf(until, 1) };
}

function read(query: Record<string, LocationQueryValue | LocationQueryValue[]>): HistoryQuery {
  const text = (field: string) => String(query[field] ?? "");
  const day = (field: string) => (DAY.test(text(field)) ? text(field) : "");
  return { event: text("event"), object: text("object"), user: text("user"), since: day("since"), until: day("until") };
}

function momentOf(day: string, later: number): string {
  if (day === "") return "";
  const [year, month, date] = day.split("-").map(Number) as [number, number, number];
  return new Date(year, month - 1, date + later).toISOString();
}
