/** A number as people of a language write it: 18,204 or 18 204. */
export function formatCount(count: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(count);
}
