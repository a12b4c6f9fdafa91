import type { Place } from "@/api/types";

export interface FakePlace {
  key: string;
  city: string;
  ip: string;
}

/** Where one may pretend to be on a demo stack: university networks that geolocate to their cities. */
export const FAKE_PLACES: FakePlace[] = [
  { key: "new-york", city: "New York", ip: "128.59.1.1" },
  { key: "vladivostok", city: "Vladivostok", ip: "81.2.1.1" },
  { key: "cape-town", city: "Cape Town", ip: "137.158.1.1" },
  { key: "london", city: "London", ip: "138.40.1.1" },
  { key: "sao-paulo", city: "São Paulo", ip: "143.107.1.1" },
  { key: "singapore", city: "Singapore", ip: "137.132.1.1" },
];

const IPV4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;
const IPV6 = /^(?=.*:)[\da-f:]{2,39}(\.\d+){0,3}$/i;

export function looksLikeIp(text: string): boolean {
  return IPV4.test(text) || IPV6.test(text);
}

/** Reads the header `ip=203.0.113.5; city="New York"; lat=40.7; lon=-74.0; mode=fake`. */
export function parsePlace(header: string): Place {
  const parts = new Map<string, string>();
  for (const [, name, quoted, plain] of header.matchAll(/(\w+)=(?:"([^"]*)"|([^;]*))/g)) {
    parts.set(name ?? "", quoted ?? plain?.trim() ?? "");
  }
  const mode = parts.get("mode");
  return {
    ip: parts.get("ip") ?? null,
    city: parts.get("city") ?? null,
    latitude: degrees(parts.get("lat")),
    longitude: degrees(parts.get("lon")),
    mode: mode === "fake" || mode === "drawn" ? mode : "real",
  };
}

function degrees(text: string | undefined): number | null {
  return text === undefined || !Number.isFinite(Number(text)) ? null : Number(text);
}
