import { onBeforeUnmount, onMounted } from "vue";

import { type Listener, useLive } from "./store";

/** Tells a component what happens on the server, as long as it is shown. */
export function useLiveEvents(listener: Listener): void {
  const live = useLive();
  let stop: (() => void) | undefined;
  onMounted(() => (stop = live.listen(listener)));
  onBeforeUnmount(() => stop?.());
}
