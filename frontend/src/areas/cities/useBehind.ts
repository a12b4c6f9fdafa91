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
    const said = [];
    if (backlog > 0) {
      const count = formatCount(backlog, language.value);
      said.push(t("cities.behind", { count, size: formatSize(bytes, language.value) }, backlog));
    }
    if (isCounting) said.push(t("cities.counting"));
    if (said.length === 0 && failed === 0) said.push(t("cities.upToDate"));
    return said.join(" · ");
  });
}
