import { useI18n } from "vue-i18n";

import type { Problem } from "@/api/problem";
import type { Probed } from "@/api/types";
import { formatSpeed } from "@/kit/formats";
import { useProblemText } from "@/kit/problems";

/** What a probe found, and why one failed, in words. */
export function useProbeWords() {
  const { t, te, locale } = useI18n();
  const problemText = useProblemText();

  function found(probed: Probed): string[] {
    const ms = Math.round(probed.first_byte_ms);
    const speed = formatSpeed(probed.bytes_per_second, locale.value);
    const skew = probed.clock_skew_seconds;
    return [
      t("cities.probe.answers", { ms, speed }),
      skew === null || Math.abs(skew) < 2 ? t("cities.probe.clock") : t("cities.probe.skew", { seconds: skew }),
      ...able(probed.capabilities),
    ];
  }

  /** Capabilities that are known here by a sentence; the others are no news to people. */
  function able(capabilities: Record<string, unknown>): string[] {
    return Object.entries(capabilities)
      .map(([name, value]) => `cities.able.${name}.${value === true ? "yes" : "no"}`)
      .filter((key) => te(key))
      .map((key) => t(key));
  }

  function failed(problem: Problem): string {
    const reason = `cities.probe.failed.${problem.word("reason")}`;
    return problem.code === "SERVER_UNREACHABLE" && te(reason) ? t(reason) : problemText(problem);
  }

  return { found, able, failed };
}
