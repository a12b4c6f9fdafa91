import { computed } from "vue";
import { useI18n } from "vue-i18n";

import type { Problem } from "@/api/problem";

import { inWords } from "./spans";
import { type Lifetime, LIFETIMES } from "./terms";

/** How long a link or a request may work, to choose from; what is there already may keep what it has. */
export function useLifetimes(isNew: () => boolean) {
  const { t } = useI18n();
  return computed(() => {
    const values: Lifetime[] = [...(Object.keys(LIFETIMES) as Lifetime[]), "never"];
    return (isNew() ? values : ["kept" as const, ...values]).map((value) => ({
      value,
      title: t(`sharing.lifetimes.${value}`),
    }));
  });
}

/** What is said of an end that administrators do not allow. */
export function useLifetimeTrouble(problem: () => Problem | null) {
  const { t, locale } = useI18n();
  return computed(() => {
    const found = problem();
    if (found?.fields["expires_at"] === undefined && found?.fields["lifetime_seconds"] === undefined) return [];
    const limit = found.number("limit");
    if (limit === null) return [t("sharing.refused")];
    return [t("sharing.tooLong", { time: inWords(limit, locale.value) })];
  });
}
