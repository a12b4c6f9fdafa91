import { useI18n } from "vue-i18n";

import type { Limits } from "@/api/types";
import { formatSize } from "@/kit/formats";

/** Limits in words. */
export function useLimitWords() {
  const { t, locale } = useI18n();
  return ({ max_bytes, max_files }: Limits): string => {
    const words: string[] = [];
    if (max_bytes !== null) words.push(t("quotas.limit.bytes", { size: formatSize(max_bytes, locale.value) }));
    if (max_files !== null) words.push(t("quotas.limit.files", max_files));
    return words.join(", ") || t("quotas.noLimit");
  };
}
