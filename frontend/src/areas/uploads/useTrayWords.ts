import { computed, onBeforeUnmount, ref } from "vue";
import { useI18n } from "vue-i18n";

import { language } from "@/i18n";
import { formatSpeed, formatWait } from "@/kit/formats";

import { SpeedMeter } from "./sending/speed";
import { isActive, isGoing, type Upload, type UploadState } from "./upload";
import { useShown } from "./useShown";

const LOOK_MS = 500;

/** The one line that tells how all uploads together are doing. */
export function useTrayWords() {
  const { t } = useI18n();
  const shown = useShown();

  const within = (...states: UploadState[]) => shown.value.filter(({ state }) => states.includes(state));
  const sum = (what: (upload: Upload) => number) => shown.value.reduce((total, upload) => total + what(upload), 0);

  const going = computed(() => shown.value.filter(isGoing).length);
  const resting = computed(() => within("paused", "missing").length);
  /** Something goes on, or waits for a person. */
  const isBusy = computed(() => shown.value.some(isActive));
  const failed = computed(() => within("failed").length);
  const waiting = computed(() => within("waiting").length);
  const sent = computed(() => sum(sentOf));
  const speed = useSpeed(() => sent.value);

  const title = computed(() => {
    const count = shown.value.length;
    if (waiting.value > 0 && waiting.value === going.value) return t("uploads.held", waiting.value);
    if (resting.value > 0 && resting.value === shown.value.filter(isActive).length)
      return t("uploads.resting", resting.value);
    if (isBusy.value) return t("uploads.progressOf", { number: within("done").length + 1, count });
    return failed.value > 0 ? t("uploads.lost", failed.value) : t("uploads.allDone", count);
  });

  const fraction = computed(() => {
    const all = sum(({ size }) => size);
    return all === 0 ? 0 : sent.value / all;
  });

  const pace = computed(() => {
    if (speed.value < 1 || within("sending", "finishing", "preparing").length === 0) return "";
    const left = sum((upload) => (isGoing(upload) ? upload.size - sentOf(upload) : 0));
    const time = formatWait(left / speed.value, language.value);
    return `${formatSpeed(speed.value, language.value)} · ${t("uploads.timeLeft", { time })}`;
  });

  return { shown, isBusy, going, resting, failed, waiting, title, fraction, pace };
}

/** Bytes a second of all uploads together, also of files too small to have a speed of their own. */
function useSpeed(sent: () => number) {
  const speed = ref(0);
  const meter = new SpeedMeter(sent());
  const timer = setInterval(() => (speed.value = meter.sample(sent())), LOOK_MS);
  onBeforeUnmount(() => clearInterval(timer));
  return speed;
}

function sentOf({ state, sent, size }: Upload): number {
  return state === "done" || state === "finishing" ? size : sent;
}
