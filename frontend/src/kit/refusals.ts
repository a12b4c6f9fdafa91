import { i18n, language } from "@/i18n";

/** The services explain refused fields in English; the reasons people meet are known here in Russian. */
const RUSSIAN: Record<string, string> = {
  "A well-known password.": "Слишком известный пароль.",
  "The same few characters again and again.": "Одни и те же знаки снова и снова.",
  "Shorter than 15 characters.": "Короче 15 знаков.",
  "Shorter than 8 characters.": "Короче 8 знаков.",
  "Longer than 256 characters.": "Длиннее 256 знаков.",
  "Made of your own names or that of the service.": "Состоит из ваших имён или названия сервиса.",
  "Not a valid email address.": "Это не похоже на адрес почты.",
  "Must not hold a slash.": "Без косой черты, пожалуйста.",
  "Must not hold control characters.": "Без управляющих символов, пожалуйста.",
  "Must not hold characters that change the direction of text.":
    "Без символов, меняющих направление текста, пожалуйста.",
  "Must be a name.": "Такое имя использовать нельзя.",
  "Must not be longer than 255 bytes.": "Слишком длинное имя.",
};

export function fieldText(reason: string): string {
  return language.value === "ru" ? (RUSSIAN[reason] ?? i18n.global.t("kit.refused")) : reason;
}
