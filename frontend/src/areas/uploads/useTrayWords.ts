import { computed } from "vue";
import { useI18n } from "vue-i18n";

import { language } from "@/i18n";
import { formatSpeed, formatWait } from "@/kit/formats";

import { useUploads } from "./store";
import type { Upload, UploadState } from "./upload";

/** The one line that tells how all uploads together are doing. */
export function useTrayWords() {
  const { t } = useI18n();
  const uploads = useUploads();

  const within = (state: UploadState) => uploads.items.filter((upload) => upload.state === state);
  const sum = (what: (upload: Upload) => number) => uploads.items.reduce((total, upload) => total + what(upload), 0);

  const isBusy = computed(() => uploads.active.length > 0);
  const failed = computed(() => within("failed").length);
  const waiting = computed(() => within("waiting").length);

  const title = computed(() => {
    const count = uploads.items.length;
    if (waiting.value > 0 && waiting.value === uploads.active.length) return t("uploads.held", waiting.value);
    if (isBusy.value) return t("uploads.progressOf", { number: within("done").length + 1, count });
    return failed.value > 0 ? t("uploads.lost", failed.value) : t("uploads.allDone", count);
  });

  const fraction = computed(() => {
    const [all, sent] = [sum(({ file }) => file.size), sum(sentOf)];
    return all === 0 ? 0 : sent / all;
  });

  const pace = computed(() => {
    const speed = sum(({ state, speed: own }) => (state === "sending" ? own : 0));
    if (speed === 0) return "";
    const left = sum((upload) => (upload.state === "failed" ? 0 : upload.file.size - sentOf(upload)));
    const time = formatWait(left / speed, language.value);
    return `${formatSpeed(speed, language.value)} · ${t("uploads.timeLeft", { time })}`;
  });

  return { isBusy, failed, waiting, title, fraction, pace };
}

function sentOf({ state, sent, file }: Upload): number {
  return state === "done" || state === "finishing" ? file.size : sent;
}
