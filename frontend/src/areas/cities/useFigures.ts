import { onBeforeUnmount, onMounted, shallowRef } from "vue";

import { listFigures } from "@/api/cities";
import type { ReplicationFigures } from "@/api/types";
import { useSession } from "@/areas/account/session";
import { newest } from "@/kit/newest";
import { useLiveEvents } from "@/live/useLiveEvents";

const EVERY_MS = 3_000;

/** How far behind each city is, by its name, read again and again as long as the page is shown. */
export function useFigures() {
  const session = useSession();
  const figures = shallowRef(new Map<string, ReplicationFigures>());
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const begin = newest();

  async function read(): Promise<void> {
    const isNewest = begin();
    const items = await listFigures().catch(() => null);
    if (!isNewest()) return;
    if (items !== null) figures.value = new Map(items.map((one) => [one.server.name, one]));
    clearTimeout(timer);
    if (!isOver) timer = setTimeout(read, EVERY_MS);
  }

  onMounted(() => {
    if (session.may("replication.view")) void read();
  });
  useLiveEvents({ onEvent: ({ type }) => type === "server.changed" && session.may("replication.view") && void read() });
  onBeforeUnmount(() => {
    isOver = true;
    clearTimeout(timer);
  });
  return figures;
}
