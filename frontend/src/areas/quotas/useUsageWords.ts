import { computed, type Ref } from "vue";
import { useI18n } from "vue-i18n";

import type { Usage } from "@/api/types";
import { language } from "@/i18n";
import { formatSize } from "@/kit/formats";

import { fullness } from "./limits";

const NEARLY = 0.9;

/** How much I store of what I may, in words, and what to do when that is nearly all. */
export function useUsageWords(usage: Readonly<Ref<Usage | null>>) {
  const { t } = useI18n();
  const full = computed(() => usage.value && fullness(usage.value));
  const isNearly = computed(() => full.value !== null && full.value.share >= NEARLY);
  const sizeOf = (bytes: number) => formatSize(bytes, language.value);
  const countOf = (count: number) => count.toLocaleString(language.value);
  const used = computed(() => sizeOf((usage.value?.bytes ?? 0) + (usage.value?.reserved_bytes ?? 0)));

  const words = computed(() => {
    if (usage.value === null) return "";
    const { files, max_files, max_bytes } = usage.value;
    if (full.value?.of === "files") {
      const most = max_files ?? 0;
      return t("quotas.filesOf", { used: countOf(files), most: countOf(most) }, most);
    }
    if (max_bytes === null) return t("quotas.used", { used: used.value });
    return t("quotas.of", { used: used.value, most: sizeOf(max_bytes) });
  });
  const warning = computed(() => {
    if (full.value === null || !isNearly.value) return "";
    const { of, share, left } = full.value;
    if (share >= 1) return t("quotas.full");
    return of === "files" ? t("quotas.filesLeft", left) : t("quotas.left", { left: sizeOf(left) });
  });
  return { full, isNearly, used, words, warning, sizeOf };
}
