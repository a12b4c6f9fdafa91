import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { useTheme } from "vuetify";

import { type Language, language as current, setLanguage } from "@/i18n";
import { recall, remember } from "@/kit/remember";

export type ThemeName = "system" | "light" | "dark";

/** The theme and the language a person has chosen; until then, those of the browser. */
export const useAppearance = defineStore("appearance", () => {
  const vuetify = useTheme();
  const chosen = ref<ThemeName>(knownTheme(recall("theme")));
  void vuetify.change(chosen.value);

  const theme = computed({
    get: () => chosen.value,
    set(choice: ThemeName) {
      chosen.value = choice;
      void vuetify.change(choice);
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

function knownTheme(name: string | null): ThemeName {
  return name === "light" || name === "dark" ? name : "system";
}
