import { onBeforeUnmount, onMounted } from "vue";

import type { LiveEvent } from "@/api/types";
import { useCities } from "@/areas/map/cities";
import { usePlace } from "@/areas/map/place";
import { useUploads } from "@/areas/uploads/store";
import { useBelongings } from "@/kit/belongings";
import { useLive } from "@/live/store";
import { useLiveEvents } from "@/live/useLiveEvents";

const LOOK_MS = 10_000;

const look = async () => (await import("@/areas/files/lookAtTravellers")).lookAtTravellers();
const hear = async (event?: LiveEvent) => (await import("@/areas/files/hearChanges")).hear(event);

/** Keeps in step with the server while somebody is logged in, whatever page is shown. */
export function usePresence(): void {
  const belongings = useBelongings();
  const cities = useCities();
  const place = usePlace();
  const live = useLive();
  const uploads = useUploads();
  let timer: ReturnType<typeof setInterval> | undefined;

  useLiveEvents({
    onEvent(event) {
      void cities.hear(event);
      if (event.type === "server.changed") void uploads.resume();
      void hear(event);
    },
    onReturn() {
      void hear();
      learnTheWorld();
    },
  });

  /** Without these two the pages still work: they show server names and no distances. */
  function learnTheWorld(): void {
    void cities.load().catch(() => undefined);
    if (place.seen === null || place.seen.latitude === null) void place.locate().catch(() => undefined);
  }

  onMounted(() => {
    learnTheWorld();
    live.start();
    void uploads.remember();
    timer = setInterval(() => void look(), LOOK_MS);
  });

  onBeforeUnmount(() => {
    clearInterval(timer);
    live.stop();
    // Without it, nothing is kept in step any more.
    belongings.empty();
  });
}
