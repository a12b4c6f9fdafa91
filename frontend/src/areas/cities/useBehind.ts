import { computed } from "vue";
import { useI18n } from "vue-i18n";

import type { ReplicationFigures } from "@/api/types";
import { language } from "@/i18n";
import { formatSize } from "@/kit/formats";

import { formatCount } from "./counts";

/** What a city still has to get, in words; copies that failed are told elsewhere, and it lacks them. */
export function useBehind(figuresOf: () => ReplicationFigures | undefined) {
  const { t } = useI18n();
  return computed(() => {
    const figures = figuresOf();
    if (figures === undefined) return "";
    const { backlog, bytes, dead_letters: failed, is_counting: isCounting } = figures;
    const said = t(
      "cities.behind",
      { count: formatCount(backlog, language.value), size: formatSize(bytes, language.value) },
      backlog,
    );
    if (isCounting) return [...(backlog > 0 ? [said] : []), t("cities.counting")].join(" · ");
    if (backlog > 0) return said;
    return failed > 0 ? "" : t("cities.upToDate");
  });
}
