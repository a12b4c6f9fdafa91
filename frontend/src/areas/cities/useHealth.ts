import { onBeforeUnmount, onMounted, shallowRef } from "vue";

import { getHealth } from "@/api/cities";
import type { Health, HealthChange } from "@/api/types";
import { pagedList } from "@/kit/usePagedList";
import { useLiveEvents } from "@/live/useLiveEvents";

const EVERY_MS = 60_000;

/** The states that a city was in, and how much of the time it answered, as long as that is shown. */
export function useHealth(id: string) {
  const spans = shallowRef<Pick<Health, "day" | "month"> | null>(null);
  const list = pagedList<HealthChange>(async (cursor) => {
    const health = await getHealth(id, cursor);
    spans.value = health;
    return health;
  });
  let timer: ReturnType<typeof setInterval> | undefined;

  useLiveEvents({
    onEvent: ({ type }) => type === "server.changed" && void list.refresh(),
    onReturn: () => void list.refresh(),
  });
  onMounted(() => {
    void list.load();
    timer = setInterval(() => void list.refresh(), EVERY_MS);
  });
  onBeforeUnmount(() => clearInterval(timer));
  return { spans, list };
}
