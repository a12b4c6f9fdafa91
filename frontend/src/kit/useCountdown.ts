import { onBeforeUnmount, type Ref, ref, watch } from "vue";

import type { Problem } from "@/api/problem";

/** Seconds until what was refused for now may be asked for again; then the problem is over. */
export function useCountdown(problem: Ref<Problem | null>): Readonly<Ref<number>> {
  const left = ref(0);
  let timer: ReturnType<typeof setInterval> | undefined;

  function stop(): void {
    clearInterval(timer);
    left.value = 0;
  }

  function start(seconds: number): void {
    const endsAt = Date.now() + seconds * 1000;
    left.value = seconds;
    timer = setInterval(() => {
      left.value = Math.ceil((endsAt - Date.now()) / 1000);
      if (left.value <= 0) problem.value = null;
    }, 1000);
  }

  watch(problem, (now) => {
    stop();
    if (now?.status === 429 && now.retryAfter !== null) start(now.retryAfter);
  });
  onBeforeUnmount(stop);
  return left;
}
