const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;
/** So many of a unit are said without the smaller ones. */
const MANY = 3;

/** How long something may be: "12 hours"; never said to be longer than it is. */
export function inWords(seconds: number, locale: string): string {
  const fits = ([, length]: (typeof UNITS)[number]) => seconds % length === 0 || seconds >= MANY * length;
  const [unit, length] = UNITS.find(fits) ?? UNITS[3];
  const format = new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" });
  return format.format(Math.floor(seconds / length));
}
