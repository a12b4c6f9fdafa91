import { distanceKm, type Point } from "@/areas/map/distance";

/** Where people put servers: name, latitude, longitude, and a word for the zone. */
const PLACES: [string, number, number, string][] = [
  ["New York", 40.71, -74.01, "north-america"],
  ["Chicago", 41.88, -87.63, "north-america"],
  ["Los Angeles", 34.05, -118.24, "north-america"],
  ["Seattle", 47.61, -122.33, "north-america"],
  ["Dallas", 32.78, -96.8, "north-america"],
  ["Toronto", 43.65, -79.38, "north-america"],
  ["Mexico City", 19.43, -99.13, "north-america"],
  ["Bogotá", 4.71, -74.07, "south-america"],
  ["Lima", -12.05, -77.04, "south-america"],
  ["Santiago", -33.45, -70.67, "south-america"],
  ["São Paulo", -23.55, -46.63, "south-america"],
  ["Buenos Aires", -34.6, -58.38, "south-america"],
  ["London", 51.51, -0.13, "europe"],
  ["Paris", 48.86, 2.35, "europe"],
  ["Madrid", 40.42, -3.7, "europe"],
  ["Frankfurt", 50.11, 8.68, "europe"],
  ["Stockholm", 59.33, 18.07, "europe"],
  ["Warsaw", 52.23, 21.01, "europe"],
  ["Istanbul", 41.01, 28.98, "europe"],
  ["Moscow", 55.76, 37.62, "europe"],
  ["Yekaterinburg", 56.84, 60.61, "asia"],
  ["Novosibirsk", 55.03, 82.92, "asia"],
  ["Almaty", 43.24, 76.89, "asia"],
  ["Dubai", 25.2, 55.27, "asia"],
  ["Mumbai", 19.08, 72.88, "asia"],
  ["Singapore", 1.35, 103.82, "asia"],
  ["Jakarta", -6.21, 106.85, "asia"],
  ["Hong Kong", 22.32, 114.17, "asia"],
  ["Seoul", 37.57, 126.98, "asia"],
  ["Tokyo", 35.68, 139.69, "asia"],
  ["Vladivostok", 43.12, 131.89, "asia"],
  ["Sydney", -33.87, 151.21, "oceania"],
  ["Perth", -31.95, 115.86, "oceania"],
  ["Auckland", -36.85, 174.76, "oceania"],
  ["Cairo", 30.04, 31.24, "africa"],
  ["Lagos", 6.52, 3.38, "africa"],
  ["Nairobi", -1.29, 36.82, "africa"],
  ["Johannesburg", -26.2, 28.05, "africa"],
  ["Cape Town", -33.92, 18.42, "africa"],
];
/** A click so near to a place means it; a finger on a phone is no needle. */
const NEAR_KM = 700;

export interface NamedPlace extends Point {
  city: string;
  zone: string;
}

/** The place somebody meant by a click on the map; far from all, just the point. */
export function placeNear(point: Point): NamedPlace {
  const [nearest] = PLACES.map(([city, latitude, longitude, zone]) => ({ city, latitude, longitude, zone })).sort(
    (one, other) => distanceKm(point, one) - distanceKm(point, other),
  );
  if (nearest !== undefined && distanceKm(point, nearest) <= NEAR_KM) return nearest;
  const rounded = (degrees: number) => Math.round(degrees * 100) / 100;
  const { latitude, longitude } = point;
  return { city: "", zone: nearest?.zone ?? "", latitude: rounded(latitude), longitude: rounded(longitude) };
}

/** A name for a server: `São Paulo` becomes `sao-paulo`. */
export function serverName(city: string): string {
  return city
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}
