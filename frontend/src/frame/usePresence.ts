import { onBeforeUnmount, onMounted } from "vue";

import { spreadOf } from "@/areas/files/replicas";
import { useFiles } from "@/areas/files/store";
import { useCities } from "@/areas/map/cities";
import { usePlace } from "@/areas/map/place";
import { useUploads } from "@/areas/uploads/store";
import { useLive } from "@/live/store";
import { useLiveEvents } from "@/live/useLiveEvents";

/** Events are a doorbell that may stay silent; a file under way is looked at anyway. */
const LOOK_MS = 10_000;

/** Keeps in step with the server while somebody is logged in, whatever page is shown. */
export function usePresence(): void {
  const files = useFiles();
  const cities = useCities();
  const place = usePlace();
  const live = useLive();
  const uploads = useUploads();
  let timer: ReturnType<typeof setInterval> | undefined;

  useLiveEvents({
    onEvent(event) {
      files.hear(event);
      void cities.hear(event);
      if (event.type === "server.changed") void uploads.resume();
      if (event.type === "access.changed") files.reload();
    },
    onReturn() {
      files.reload();
      learnTheWorld();
    },
  });

  /** Without these two the pages still work: they show server names and no distances. */
  function learnTheWorld(): void {
    void cities.load().catch(() => undefined);
    if (place.seen === null || place.seen.latitude === null) void place.locate().catch(() => undefined);
  }

  function lookAtTravellers(): void {
    if (document.visibilityState === "hidden") return;
    for (const file of files.unsettled) {
      const { kind } = spreadOf(file, cities.isAway);
      if (kind === "travelling" || kind === "arriving") files.look(file.id);
    }
  }

  onMounted(() => {
    learnTheWorld();
    live.start();
    void uploads.remember();
    timer = setInterval(lookAtTravellers, LOOK_MS);
  });

  onBeforeUnmount(() => {
    clearInterval(timer);
    live.stop();
    void uploads.reset();
    files.reset();
  });
}
