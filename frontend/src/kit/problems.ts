import { useI18n } from "vue-i18n";

import type { Problem } from "@/api/problem";

import { formatSize, formatWait } from "./formats";
import { fieldText } from "./refusals";

const USUAL_WAIT_S = 30;

/** Says a problem in the language of the page: by its code, else by its kind, else as the server put it; `seconds` are what is left to wait. */
export function useProblemText(): (problem: Problem, seconds?: number) => string {
  const { t, te, locale } = useI18n();
  return (problem, seconds) => {
    const [reason] = problem.fields["name"] ?? [];
    if (reason !== undefined) return t("problems.BAD_NAME", { reason: fieldText(reason) });
    const limit = problem.number("limit");
    if (problem.code === "FILE_TOO_LARGE" && limit !== null) {
      return t("problems.FILE_TOO_LARGE_FOR", { size: formatSize(limit, locale.value) });
    }
    const known = `problems.${problem.code}`;
    if (te(known)) return t(known, { wait: formatWait(seconds ?? problem.retryAfter ?? USUAL_WAIT_S, locale.value) });
    if (problem.status >= 500) return t("problems.SERVER");
    if (problem.detail !== "" && locale.value === "en") return problem.detail;
    const byStatus = `problems.HTTP_${problem.status}`;
    return te(byStatus) ? t(byStatus) : t("problems.OTHER", { code: problem.code });
  };
}
