import { useI18n } from "vue-i18n";

import type { FileRequest } from "@/api/types";
import { formatAgo, formatMoment, formatSize } from "@/kit/formats";

import { stateOfRequest } from "./terms";

/** More wrong passwords than these are no typing errors. */
const GUESSING = 5;

/** A file request in words: whether files can come, how many came, and when. */
export function useRequestWords() {
  const { t, locale } = useI18n();

  function state(request: FileRequest, now: number): string {
    const found = stateOfRequest(request, now);
    if (found !== "open") return t(`requests.states.${found}`);
    if (request.expires_at === null) return t("requests.states.open");
    return t("requests.states.until", { when: formatAgo(request.expires_at, now, locale.value) });
  }

  function received({ files, bytes, max_files: most, max_bytes: room }: FileRequest): string {
    const count = t("requests.files", files);
    const size = formatSize(bytes, locale.value);
    return [
      most === null ? count : t("requests.of", { part: count, whole: most }),
      room === null ? size : t("requests.of", { part: size, whole: formatSize(room, locale.value) }),
    ].join(", ");
  }

  function lastUse({ last_received_at: time }: FileRequest, now: number): string {
    return time === null ? t("requests.unused") : formatAgo(time, now, locale.value);
  }

  function exactUse({ last_received_at: time }: FileRequest): string | undefined {
    return time === null ? undefined : formatMoment(time, locale.value);
  }

  function guesses({ wrong_passwords: count }: FileRequest): string {
    return count > GUESSING ? t("requests.guessing", { count }) : "";
  }

  return { state, received, lastUse, exactUse, guesses };
}
