interface Seen {
  city: string | null;
  country: string | null;
}

/** A city as the service names it, with its country in the language of the page; empty when neither is known. */
export function placeOf({ city, country }: Seen, locale: string): string {
  return [city, country && countryName(country, locale)].filter(Boolean).join(", ");
}

function countryName(code: string, locale: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}
