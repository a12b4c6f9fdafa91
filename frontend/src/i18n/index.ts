import { computed } from "vue";
import { createI18n } from "vue-i18n";

import { recall } from "@/remember";

import en from "./en";
import ru from "./ru";

export const LANGUAGES = { en: "English", ru: "Русский" } as const;
export type Language = keyof typeof LANGUAGES;

export const i18n = createI18n({
  legacy: false,
  locale: preferredLanguage(),
  fallbackLocale: "en",
  messages: { en, ru },
  pluralRules: { ru: russianPlural },
});

export const language = computed(() => i18n.global.locale.value as Language);

export function setLanguage(choice: Language): void {
  i18n.global.locale.value = choice;
}

function preferredLanguage(): Language {
  const wishes = [recall("language"), ...navigator.languages];
  const known = wishes.map((wish) => wish?.slice(0, 2)).find((wish) => wish != null && wish in LANGUAGES);
  return (known as Language | undefined) ?? "en";
}

/** один файл, два файла, пять файлов */
function russianPlural(count: number): number {
  return { one: 0, few: 1 }[new Intl.PluralRules("ru").select(count) as string] ?? 2;
}
