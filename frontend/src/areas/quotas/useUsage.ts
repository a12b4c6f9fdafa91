import { onBeforeUnmount, onMounted, shallowRef } from "vue";

import type { Usage } from "@/api/types";
import { readUsage } from "@/api/usage";
import { newest } from "@/kit/newest";
import { useLiveEvents } from "@/live/useLiveEvents";

/** Many files that come one after the other are looked at together. */
const SOON_MS = 5_000;

/** How much I store; read again some seconds after that changed. */
export function useUsage() {
  const usage = shallowRef<Usage | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const begin = newest();

  async function load(): Promise<void> {
    const isNewest = begin();
    const found = await readUsage().catch(() => null);
    if (found !== null && isNewest()) usage.value = found;
  }

  function loadSoon(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      void load();
    }, SOON_MS);
  }

  useLiveEvents({
    onEvent({ type }) {
      if (type === "file.stored" || type === "file.deleted") loadSoon();
    },
    onReturn: loadSoon,
  });
  onMounted(load);
  onBeforeUnmount(() => clearTimeout(timer));
  return usage;
}
