import { useI18n } from "vue-i18n";

import type { Problem } from "@/api/problem";
import type { Probed } from "@/api/types";
import { formatSpeed } from "@/kit/formats";
import { useProblemText } from "@/kit/problems";

/** A sentence about a server, and whether it is as one would have it. */
export interface Finding {
  text: string;
  isGood: boolean;
}

/** What a probe found, and why one failed, in words. */
export function useProbeWords() {
  const { t, te, locale } = useI18n();
  const problemText = useProblemText();

  function found(probed: Probed): Finding[] {
    const ms = Math.round(probed.first_byte_ms);
    const speed = formatSpeed(probed.bytes_per_second, locale.value);
    return [
      { text: t("cities.probe.answers", { ms, speed }), isGood: true },
      clock(probed.clock_skew_seconds),
      ...able(probed.capabilities),
    ];
  }

  function clock(skew: number | null): Finding {
    const isGood = skew === null || Math.abs(skew) < 2;
    return { text: isGood ? t("cities.probe.clock") : t("cities.probe.skew", { seconds: skew }), isGood };
  }

  /** Capabilities that are known here by a sentence; the others are no news to people. */
  function able(capabilities: Record<string, unknown>): Finding[] {
    return Object.entries(capabilities)
      .map(([name, value]) => ({ name: `cities.able.${name}`, isGood: value === true }))
      .map(({ name, isGood }) => ({ key: `${name}.${isGood ? "yes" : "no"}`, isGood }))
      .filter(({ key }) => te(key))
      .map(({ key, isGood }) => ({ text: t(key), isGood }));
  }

  function failed(problem: Problem): string {
    const reason = `cities.probe.failed.${problem.word("reason")}`;
    return problem.code === "SERVER_UNREACHABLE" && te(reason) ? t(reason) : problemText(problem);
  }

  return { found, able, failed };
}
