import { reactive, ref } from "vue";

import { asProblem, type Problem } from "@/api/problem";

import { type FormCheck, isFilledIn } from "./formCheck";
import { useCountdown } from "./useCountdown";

/** What every form has that is sent: whether it is under way, why it was refused, and how long to wait. */
export function useSending() {
  const isBusy = ref(false);
  const problem = ref<Problem | null>(null);
  const left = useCountdown(problem);

  const mayStart = () => !isBusy.value && left.value <= 0;

  /** Does it once at a time, when the form is filled in; whether it was done. */
  async function send(act: () => Promise<unknown>, check?: FormCheck): Promise<boolean> {
    if (!mayStart() || (check !== undefined && !(await isFilledIn(check))) || !mayStart()) return false;
    isBusy.value = true;
    problem.value = null;
    try {
      await act();
      return true;
    } catch (reason) {
      problem.value = asProblem(reason);
      return false;
    } finally {
      isBusy.value = false;
    }
  }

  return reactive({ isBusy, problem, left, send });
}
