import { computed } from "vue";
import { useI18n } from "vue-i18n";

import { useCities } from "@/areas/map/cities";
import { language } from "@/i18n";
import { formatDistance, formatSize, formatWait } from "@/kit/formats";
import { useProblemText } from "@/kit/problems";

import type { Upload } from "./upload";

/** What is told about one upload: how far it is, where it goes, how fast. */
export function useUploadWords(uploadOf: () => Upload) {
  const { t } = useI18n();
  const cities = useCities();
  const problemText = useProblemText();
  const bytes = (count: number) => formatSize(count, language.value);

  const percent = computed(() => {
    const { state, sent, size } = uploadOf();
    if (state === "done" || state === "finishing") return 100;
    return size === 0 ? 0 : Math.floor((sent / size) * 100);
  });

  const where = computed(() => {
    const { state, server, distanceKm, problem } = uploadOf();
    if (problem !== null && ["failed", "waiting", "missing"].includes(state)) return problemText(problem);
    if ((state !== "sending" && state !== "done") || server === null) return t(`uploads.${state}`, { city: "" });
    const city = cities.label(server);
    if (distanceKm === null) return t(`uploads.${state}`, { city });
    return t(`uploads.${state}Far`, { city, distance: formatDistance(distanceKm, language.value) });
  });

  const pace = computed(() => {
    const { state, sent, speed, size } = uploadOf();
    if (state === "failed") return "";
    if (["paused", "missing", "waiting"].includes(state) && sent > 0) {
      return t("uploads.of", { sent: bytes(sent), size: bytes(size) });
    }
    if (state !== "sending" || speed === 0 || sent >= size) return bytes(size);
    return t("uploads.timeLeft", { time: formatWait((size - sent) / speed, language.value) });
  });

  return { percent, where, pace };
}
