import { onMounted, reactive, ref } from "vue";

import { asProblem, type Problem } from "@/api/problem";
import { getTotp } from "@/api/security";
import type { Totp } from "@/api/types";

/** Whether the second factor is on, as the server last said. */
export function useTotp() {
  const state = ref<Totp | null>(null);
  const problem = ref<Problem | null>(null);

  async function load(): Promise<void> {
    try {
      state.value = await getTotp();
      problem.value = null;
    } catch (reason) {
      problem.value = asProblem(reason);
    }
  }

  onMounted(load);
  return reactive({ state, problem, load });
}
