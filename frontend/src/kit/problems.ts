import { useI18n } from "vue-i18n";

import type { Problem } from "@/api/problem";

import { formatSize } from "./formats";
import { fieldText } from "./refusals";

/** Says a problem in the language of the page: by its code, else by its kind, else as the server put it. */
export function useProblemText(): (problem: Problem) => string {
  const { t, te, locale } = useI18n();
  return (problem) => {
    const [reason] = problem.fields["name"] ?? [];
    if (reason !== undefined) return t("problems.BAD_NAME", { reason: fieldText(reason) });
    const limit = problem.number("limit");
    if (problem.code === "FILE_TOO_LARGE" && limit !== null) {
      return t("problems.FILE_TOO_LARGE_FOR", { size: formatSize(limit, locale.value) });
    }
    const known = `problems.${problem.code}`;
    if (te(known)) return t(known, { seconds: problem.retryAfter ?? 30 });
    if (problem.status >= 500) return t("problems.SERVER");
    if (problem.detail !== "" && locale.value === "en") return problem.detail;
    const byStatus = `problems.HTTP_${problem.status}`;
    return te(byStatus) ? t(byStatus) : t("problems.OTHER", { code: problem.code });
  };
}
