import { computed, type Ref } from "vue";
import { useI18n } from "vue-i18n";

import type { Problem } from "@/api/problem";
import { useProblemText } from "@/kit/problems";
import { useCountdown } from "@/kit/useCountdown";

/** What is said of a problem, and how long one has to wait. */
export function useTrouble(problem: Ref<Problem | null>) {
  const { t } = useI18n();
  const problemText = useProblemText();
  const left = useCountdown(problem);
  const trouble = computed(() => {
    if (problem.value === null) return "";
    if (problem.value.code === "WRONG_PASSWORD") return t("opening.wrongPassword");
    return problemText(problem.value, left.value || undefined);
  });
  return { trouble, left };
}
