import { cityName } from "@/areas/map/cityName";

interface Seen {
  city: string | null;
  country: string | null;
}

/** A city with its country, in the language of the page as far as that is known; empty when neither is known. */
export function placeOf({ city, country }: Seen, locale: string): string {
  return [city && cityName(city), country && countryName(country, locale)].filter(Boolean).join(", ");
}

function countryName(code: string, locale: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}
