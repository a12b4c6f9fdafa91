import { ref } from "vue";
import { useI18n } from "vue-i18n";

import { firstAlive, save } from "@/api/download";
import { offerDownload } from "@/api/files";
import { reportMeasured } from "@/api/measured";
import { asProblem } from "@/api/problem";
import type { City, DownloadOffer, StoredFile } from "@/api/types";
import { cityName } from "@/areas/map/cityName";
import { language } from "@/i18n";
import { formatDistance } from "@/kit/formats";
import { useNotices } from "@/kit/notices";
import { useProblemText } from "@/kit/problems";

/** Downloads a file from the nearest city that really answers, and says which one that was. */
export function useDownload() {
  const { t } = useI18n();
  const notices = useNotices();
  const problemText = useProblemText();
  const isBusy = ref(false);

  async function download(file: StoredFile): Promise<void> {
    isBusy.value = true;
    try {
      const offer = await offerDownload(file.id);
      const source = await firstAlive(offer, reportMeasured);
      if (source === null) return notices.say("error", t("files.notices.noCity"));
      save(source.url);
      notices.say("info", saidOf(offer, source.server));
    } catch (reason) {
      notices.say("error", problemText(asProblem(reason)));
    } finally {
      isBusy.value = false;
    }
  }

  function saidOf(offer: DownloadOffer, source: City): string {
    const city = cityName(source.city);
    if (source.id !== offer.server.id) return t("files.notices.fellOver", { lost: cityName(offer.server.city), city });
    if (offer.distance_km === null) return t("files.notices.downloading", { city });
    return t("files.notices.downloadingFar", { city, distance: formatDistance(offer.distance_km, language.value) });
  }

  return { isBusy, download };
}
