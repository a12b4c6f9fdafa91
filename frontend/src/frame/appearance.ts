import { defineStore } from "pinia";
import { computed } from "vue";

import { type Language, language as current, setLanguage } from "@/i18n";
import { remember } from "@/kit/remember";
import { chosenTheme, type ThemeName } from "@/theme/chosen";

/** The theme and the language a person has chosen; until then, those of the browser. */
export const useAppearance = defineStore("appearance", () => {
  const theme = computed({
    get: () => chosenTheme.value,
    set(choice: ThemeName) {
      chosenTheme.value = choice;
      remember("theme", choice);
    },
  });

  const language = computed({
    get: () => current.value,
    set(choice: Language) {
      void setLanguage(choice);
      remember("language", choice);
    },
  });

  return { theme, language };
});
