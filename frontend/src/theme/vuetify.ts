import { watch } from "vue";
import { createVuetify, type ThemeDefinition } from "vuetify";
import { aliases, mdi } from "vuetify/iconsets/mdi-svg";
import { en, ru } from "vuetify/locale";

import { language } from "@/i18n";

import { chosenTheme } from "./chosen";
import * as colours from "./colours";
import { addLate } from "./late";

const light: ThemeDefinition = { dark: false, colors: colours.light, variables: colours.lightLines };
const dark: ThemeDefinition = { dark: true, colors: colours.dark, variables: colours.darkLines };

/** Vuetify in the theme and the language of the page. */
export function newVuetify() {
  const vuetify = createVuetify({
    icons: { defaultSet: "mdi", aliases, sets: { mdi } },
    locale: { fallback: "en", messages: { en, ru } },
    theme: { defaultTheme: chosenTheme.value, themes: { light, dark } },
    defaults: {
      VBtn: { flat: true },
      VCard: { flat: true, border: true },
      VTextField: { variant: "outlined", color: "primary" },
      VList: { prependGap: 14 },
      VMenu: { location: "bottom end", offset: 6 },
    },
  });
  watch(chosenTheme, (choice) => vuetify.theme.change(choice));
  watch(language, (code) => (vuetify.locale.current.value = code), { immediate: true });
  return vuetify;
}

addLate(newVuetify());
