import { onBeforeUnmount, onMounted, ref, shallowRef } from "vue";

import * as api from "@/api/cities";
import { asProblem, type Problem } from "@/api/problem";
import type { CityChange, CityDetail, DrainProgress } from "@/api/types";
import { useCities } from "@/areas/map/cities";
import { newest } from "@/kit/newest";

const EVERY_MS = 2_000;

/** One city with its drain, read again and again while its page is shown. */
export function useCity(id: string) {
  const cities = useCities();
  const city = shallowRef<CityDetail | null>(null);
  const drain = shallowRef<DrainProgress | null>(null);
  const problem = ref<Problem | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const begin = newest();

  async function load(): Promise<void> {
    clearTimeout(timer);
    const isNewest = begin();
    try {
      const found = await api.getCity(id);
      if (isNewest()) city.value = found;
      const progress = await api.getDrain(id).catch(noneYet);
      if (!isNewest()) return;
      drain.value = progress;
      problem.value = null;
    } catch (reason) {
      if (!isNewest()) return;
      problem.value = asProblem(reason);
      if (problem.value.code === "SERVER_NOT_FOUND") city.value = null;
    }
    // Where nobody answers, the panel that says so asks again itself.
    if (!isOver && problem.value === null) timer = setTimeout(load, EVERY_MS);
  }

  async function change(body: CityChange): Promise<void> {
    city.value = await api.changeCity(id, body);
    // What is on its way may still be as it was before.
    void load();
    await cities.load().catch(() => undefined);
  }

  onMounted(load);
  onBeforeUnmount(() => {
    isOver = true;
    clearTimeout(timer);
  });
  return { city, drain, problem, load, change };
}

function noneYet(reason: unknown): null {
  if (asProblem(reason).code === "DRAIN_NOT_FOUND") return null;
  throw reason;
}
