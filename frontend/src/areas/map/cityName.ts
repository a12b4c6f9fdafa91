import { language } from "@/i18n";

/** Names of cities the demo knows; any other city keeps the name the server gives it. */
const RUSSIAN: Record<string, string> = {
  "New York": "Нью-Йорк",
  Vladivostok: "Владивосток",
  "Cape Town": "Кейптаун",
  Frankfurt: "Франкфурт",
  London: "Лондон",
  "São Paulo": "Сан-Паулу",
  "Sao Paulo": "Сан-Паулу",
  Singapore: "Сингапур",
};

export function cityName(name: string): string {
  return language.value === "ru" ? (RUSSIAN[name] ?? name) : name;
}
