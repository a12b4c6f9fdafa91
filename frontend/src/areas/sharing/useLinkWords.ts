import { useI18n } from "vue-i18n";

import type { Link } from "@/api/types";
import { formatAgo, formatMoment } from "@/kit/formats";

import { stateOf } from "./terms";

/** More wrong passwords than these are no typing errors. */
const GUESSING = 5;

/** A link in words: what it is to, whether it works, how often it was used. */
export function useLinkWords() {
  const { t, locale } = useI18n();

  function title(link: Link): string {
    return link.name || link.target.name || t("sharing.nameless");
  }

  function state(link: Link, now: number): string {
    const found = stateOf(link, now);
    if (found !== "open") return t(`sharing.states.${found}`);
    if (link.expires_at === null) return t("sharing.states.open");
    return t("sharing.states.until", { when: formatAgo(link.expires_at, now, locale.value) });
  }

  function uses(link: Link): string {
    const count = t("sharing.downloads", link.downloads);
    return link.max_downloads === null ? count : t("sharing.ofLimit", { count, limit: link.max_downloads });
  }

  function lastUse(link: Link, now: number): string {
    if (link.last_opened_at === null) return t("sharing.unused");
    return formatAgo(link.last_opened_at, now, locale.value);
  }

  function exactUse(link: Link): string | undefined {
    return link.last_opened_at === null ? undefined : formatMoment(link.last_opened_at, locale.value);
  }

  function guesses(link: Link): string {
    return link.wrong_passwords > GUESSING ? t("sharing.guessing", { count: link.wrong_passwords }) : "";
  }

  return { title, state, uses, lastUse, exactUse, guesses };
}
