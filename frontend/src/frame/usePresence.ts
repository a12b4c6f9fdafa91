import { onBeforeUnmount, onMounted } from "vue";

import { useFiles } from "@/areas/files/store";
import { useLive } from "@/areas/files/live";
import { useCities } from "@/areas/map/cities";
import { usePlace } from "@/areas/map/place";
import { useUploads } from "@/areas/uploads/store";

/** Keeps in step with the server while somebody is logged in, whatever page is shown. */
export function usePresence(): void {
  const files = useFiles();
  const cities = useCities();
  const place = usePlace();
  const live = useLive();
  const uploads = useUploads();

  onMounted(() => {
    // Without these two the pages still work: they show server names and no distances.
    void cities.load().catch(() => undefined);
    void place.locate().catch(() => undefined);
    live.start();
  });

  onBeforeUnmount(() => {
    live.stop();
    uploads.reset();
    files.reset();
  });
}
