import { defineStore } from "pinia";
import { ref } from "vue";
import { useTheme } from "vuetify";

import { type Language, LANGUAGES, language, setLanguage } from "@/i18n";
import { recall, remember } from "@/kit/remember";

type ThemeName = "light" | "dark" | "system";

/** The theme and the language a person has chosen; until then, those of the browser. */
export const useAppearance = defineStore("appearance", () => {
  const theme = useTheme();
  const chosen = ref<ThemeName>(knownTheme(recall("theme")));
  void theme.change(chosen.value);

  function toggleTheme(): void {
    chosen.value = theme.current.value.dark ? "light" : "dark";
    void theme.change(chosen.value);
    remember("theme", chosen.value);
  }

  function chooseLanguage(choice: Language): void {
    void setLanguage(choice);
    remember("language", choice);
  }

  return { language, languages: LANGUAGES, toggleTheme, chooseLanguage };
});

function knownTheme(name: string | null): ThemeName {
  return name === "light" || name === "dark" ? name : "system";
}
