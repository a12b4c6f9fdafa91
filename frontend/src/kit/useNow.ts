import { onBeforeUnmount, type Ref, ref } from "vue";

const TICK_MS = 20_000;

/** The time, for texts such as "2 minutes ago". */
export function useNow(): Readonly<Ref<number>> {
  const now = ref(Date.now());
  const timer = setInterval(() => {
    now.value = Date.now();
  }, TICK_MS);
  onBeforeUnmount(() => clearInterval(timer));
  return now;
}
