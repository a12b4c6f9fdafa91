import { ref } from "vue";
import { useI18n } from "vue-i18n";

import { firstAlive, save } from "@/api/download";
import { offerDownload } from "@/api/files";
import { asProblem } from "@/api/problem";
import type { DownloadOffer, StoredFile } from "@/api/types";
import { formatDistance } from "@/formats";
import { language } from "@/i18n";
import { useProblemText } from "@/i18n/problems";
import { useCities } from "@/stores/cities";
import { useNotices } from "@/stores/notices";
import { usePlace } from "@/stores/place";

/** Downloads a file from the nearest city that really answers, and says which one that was. */
export function useDownload() {
  const { t } = useI18n();
  const cities = useCities();
  const notices = useNotices();
  const place = usePlace();
  const problemText = useProblemText();
  const isBusy = ref(false);

  async function download(file: StoredFile): Promise<void> {
    isBusy.value = true;
    try {
      const offer = await offerDownload(file.id);
      const source = await firstAlive(offer);
      if (source === null) return notices.say("error", t("notices.noCity"));
      save(source.url);
      notices.say("info", saidOf(offer, source.server));
    } catch (reason) {
      notices.say("error", problemText(asProblem(reason)));
    } finally {
      isBusy.value = false;
    }
  }

  function saidOf(offer: DownloadOffer, server: string): string {
    const city = cities.label(server);
    if (server !== offer.server) return t("notices.fellOver", { lost: cities.label(offer.server), city });
    const km = place.distanceTo(server) ?? offer.distance_km;
    if (km == null) return t("notices.downloading", { city });
    return t("notices.downloadingFar", { city, distance: formatDistance(km, language.value) });
  }

  return { isBusy, download };
}
