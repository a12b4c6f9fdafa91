/** Numbers and times as people of a language write them; all units come from the browser. */

const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
const SPANS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function formatSize(bytes: number, locale: string): string {
  const { value, unit } = scaled(bytes);
  return inUnit(value, unit, locale);
}

export function formatSpeed(bytesPerSecond: number, locale: string): string {
  const { value, unit } = scaled(bytesPerSecond);
  return inUnit(value, `${unit}-per-second`, locale);
}

export function formatDistance(km: number, locale: string): string {
  const format = new Intl.NumberFormat(locale, { style: "unit", unit: "kilometer", maximumFractionDigits: 0 });
  return km < 1 ? `<\u00a0${format.format(1)}` : format.format(km);
}

export function formatAgo(time: string, now: number, locale: string): string {
  const seconds = Math.round((Date.parse(time) - now) / 1000);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
  // A week that has just begun ends in seven days, not in six.
  const whole = seconds > 0 ? Math.round : Math.trunc;
  for (const [unit, length] of SPANS) {
    if (Math.abs(seconds) >= length) return format.format(whole(seconds / length), unit);
  }
  return format.format(0, "second");
}

export function formatMoment(time: string, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "medium" });
  return format.format(new Date(time));
}

/** As people name a time to come: to the minute. */
export function formatMinute(time: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" }).format(new Date(time));
}

export function formatDay(time: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(new Date(time));
}

/** Seconds as a person waits them: 42 s, 3 min, 2 h. */
export function formatWait(seconds: number, locale: string): string {
  const [value, unit] =
    seconds < 60 ? [seconds, "second"] : seconds < 3600 ? [seconds / 60, "minute"] : [seconds / 3600, "hour"];
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: unit as string,
    unitDisplay: "short",
    maximumFractionDigits: 0,
  }).format(Math.max(1, Math.ceil(value as number)));
}

function scaled(bytes: number): { value: number; unit: string } {
  let step = 0;
  let value = bytes;
  while (value >= 1000 && step < SIZES.length - 1) {
    value /= 1000;
    step += 1;
  }
  return { value, unit: SIZES[step] ?? "byte" };
}

function inUnit(value: number, unit: string, locale: string): string {
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit,
    unitDisplay: unit.startsWith("byte") && !unit.includes("per") ? "long" : "short",
    maximumFractionDigits: value < 10 && !unit.startsWith("byte") ? 1 : 0,
  }).format(value);
}
