import { computed } from "vue";

import { type CityCopy, copiesOf } from "@/areas/files/replicas";
import { useFiles } from "@/areas/files/store";
import { useUploads } from "@/areas/uploads/store";

import { useCities } from "./cities";
import { usePlace } from "./place";

interface Way {
  from: string;
  to: string;
}

/** The ways on which bytes travel right now: from here to a city, and from city to city. */
export function useTraffic() {
  const cities = useCities();
  const files = useFiles();
  const uploads = useUploads();
  const place = usePlace();

  return computed<Way[]>((before) => {
    const ways = new Map<string, Way>();
    const add = (from: string, to: string) => ways.set(`${from}>${to}`, { from, to });
    for (const upload of uploads.active) {
      if (upload.server !== null) add("you", upload.server);
    }
    for (const file of files.unsettled) {
      const copies = copiesOf(file);
      const source = nearestOf(copies.filter(({ state, server }) => state === "ready" && !cities.isAway(server)));
      if (source === undefined) continue;
      for (const { state, server } of copies) {
        if (state === "travelling" && !cities.isAway(server)) add(source.server, server);
      }
    }
    // Where nothing has changed nothing is drawn anew.
    const isSame = before?.length === ways.size && before.every(({ from, to }) => ways.has(`${from}>${to}`));
    return isSame ? before : [...ways.values()];
  });

  /** A file usually spreads from the city where it landed, the nearest one. */
  function nearestOf(copies: CityCopy[]): CityCopy | undefined {
    const distance = ({ server }: CityCopy) => place.distanceTo(server) ?? 0;
    return copies.sort((one, other) => distance(one) - distance(other))[0];
  }
}
