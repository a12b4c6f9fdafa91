import { computed } from "vue";
import { useI18n } from "vue-i18n";

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
