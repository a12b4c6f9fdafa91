import { formatSpeed } from "@/kit/formats";

/** A number as people of a language write it: 18,204 or 18 204. */
export function formatCount(count: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(count);
}

/** How fast copies arrive: a dash while none do. */
export function formatRate(bytesPerSecond: number, locale: string): string {
  return bytesPerSecond > 0 ? formatSpeed(bytesPerSecond, locale) : "—";
}
