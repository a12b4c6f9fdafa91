import { computed } from "vue";
import { createI18n } from "vue-i18n";

import { recall } from "@/kit/remember";

import { compile } from "./compile";
import type { Texts } from "./gather";

export const LANGUAGES = { en: "English", ru: "Русский" } as const;
export type Language = keyof typeof LANGUAGES;

const LOADERS = { en: () => import("./en"), ru: () => import("./ru") };

export const i18n = createI18n<[Texts], Language, false>({
  legacy: false,
  locale: "en",
  messages: {} as Record<Language, Texts>,
  messageCompiler: compile,
  pluralRules: { ru: russianPlural },
});

export const language = computed<Language>(() => i18n.global.locale.value);

/** Texts of areas that bring their own when they are opened; see `bringTexts`. */
const brought: Record<Language, Texts>[] = [];

/** Adds the texts of an area that few people open, so that the others need not load them. */
export function bringTexts(texts: Record<Language, Texts>): void {
  brought.push(texts);
  for (const code of i18n.global.availableLocales) i18n.global.mergeLocaleMessage(code, texts[code]);
}

/** Changes the language of the page, once its texts are here. */
export async function setLanguage(choice: Language): Promise<void> {
  if (!i18n.global.availableLocales.includes(choice)) {
    i18n.global.setLocaleMessage(choice, (await LOADERS[choice]()).default);
    for (const texts of brought) i18n.global.mergeLocaleMessage(choice, texts[choice]);
  }
  i18n.global.locale.value = choice;
}

/** What was chosen at an earlier visit, else what the browser asks for. */
export function preferredLanguage(): Language {
  const wishes = [recall("language"), ...navigator.languages];
  const known = wishes.map((wish) => wish?.slice(0, 2)).find((wish) => wish != null && wish in LANGUAGES);
  return (known as Language | undefined) ?? "en";
}

/** один файл, два файла, пять файлов */
function russianPlural(count: number): number {
  return { one: 0, few: 1 }[new Intl.PluralRules("ru").select(count) as string] ?? 2;
}
