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

  const percent = computed(() => {
    const { state, sent, file } = uploadOf();
    if (state === "done" || state === "finishing") return 100;
    return file.size === 0 ? 0 : Math.floor((sent / file.size) * 100);
  });

  const where = computed(() => {
    const { state, server, distanceKm, problem } = uploadOf();
    if (state === "failed" || (state === "waiting" && problem !== null)) {
      return problem === null ? "" : problemText(problem);
    }
    if ((state !== "sending" && state !== "done") || server === null) return t(`uploads.${state}`, { city: "" });
    const city = cities.label(server);
    if (distanceKm === null) return t(`uploads.${state}`, { city });
    return t(`uploads.${state}Far`, { city, distance: formatDistance(distanceKm, language.value) });
  });

  const pace = computed(() => {
    const { state, sent, speed, file } = uploadOf();
    if (state === "failed") return "";
    if (state !== "sending" || speed === 0 || sent >= file.size) return formatSize(file.size, language.value);
    return t("uploads.timeLeft", { time: formatWait((file.size - sent) / speed, language.value) });
  });

  return { percent, where, pace };
}
