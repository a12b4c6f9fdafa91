import { computed, onMounted, ref, shallowRef, watch } from "vue";

import * as api from "@/api/policies";
import { asProblem, type Problem } from "@/api/problem";
import type { FoundPolicy, Policy, SimulatedPolicy } from "@/api/types";

import { isSame } from "./isSame";

/** A policy as it counts, as it is being changed, and what the change would move. */
export function usePolicy(target: api.PolicyTarget) {
  const found = shallowRef<FoundPolicy | null>(null);
  const wish = ref<Policy | null>(null);
  const simulated = shallowRef<SimulatedPolicy | null>(null);
  const problem = ref<Problem | null>(null);
  const isOwn = computed(() => found.value?.set_for === target.kind);

  async function load(): Promise<void> {
    try {
      take(await api.getPolicy(target));
      problem.value = null;
    } catch (reason) {
      problem.value = asProblem(reason);
    }
  }

  async function simulate(): Promise<void> {
    const asked = wish.value;
    if (asked === null) return;
    const counted = await api.simulatePolicy(target, asked);
    if (isSame(asked, wish.value)) simulated.value = counted;
  }

  async function save(): Promise<void> {
    const asked = wish.value;
    if (asked === null) return;
    const saved = await api.setPolicy(target, asked);
    if (isSame(asked, wish.value)) take(saved);
    else found.value = saved;
  }

  async function giveUp(): Promise<void> {
    await api.deletePolicy(target);
    take(await api.getPolicy(target));
  }

  function take(policy: FoundPolicy) {
    const { copies, one_per_zone, zones, near_owner } = policy;
    found.value = policy;
    wish.value = {
      copies,
      one_per_zone,
      zones: { require: [...zones.require], forbid: [...zones.forbid] },
      near_owner,
    };
  }

  // What was counted was counted for another wish.
  watch(wish, () => (simulated.value = null), { deep: true });
  onMounted(load);
  return { found, wish, simulated, problem, isOwn, load, simulate, save, giveUp };
}
