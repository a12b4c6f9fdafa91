import { useCities } from "@/areas/map/cities";

import { useFileNews } from "./news";
import { spreadOf } from "./replicas";
import { useFiles } from "./store";

/** Events are a doorbell that may stay silent; a file under way is looked at anyway. */
export function lookAtTravellers(): void {
  if (document.visibilityState === "hidden") return;
  const files = useFiles();
  for (const file of files.unsettled) {
    const { kind } = spreadOf(file, useCities().isAway);
    if (kind === "travelling" || kind === "arriving") useFileNews().look(file.id);
  }
}
