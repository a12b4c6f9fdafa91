/** For how long, and from when to when. */

const UNITS: [string, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** As people say how long something took: 12 s, 3 min, 1.5 h, 12 days. */
export function formatLasted(seconds: number, locale: string): string {
  const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? (["second", 1] as const);
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: length >= 3_600 ? 1 : 0,
  }).format(Math.max(seconds / length, 1));
}

/** 12:04 – 12:07; with the day where it is not the one of `now`. */
export function formatFromTo(since: string, until: string | null, now: number, locale: string): string {
  const isOfToday = new Date(since).toDateString() === new Date(now).toDateString();
  const format = new Intl.DateTimeFormat(locale, {
    hour: "numeric",
    minute: "2-digit",
    ...(isOfToday ? {} : { day: "numeric", month: "short" }),
  });
  return until === null ? format.format(new Date(since)) : format.formatRange(new Date(since), new Date(until));
}

/** Never rounded up: 100 % is said of nothing less. */
export function formatShare(share: number, locale: string): string {
  const whole = Math.floor(share * 10_000) / 10_000;
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 2 }).format(whole);
}
