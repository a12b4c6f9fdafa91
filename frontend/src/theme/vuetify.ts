import "vuetify/styles/core";

import { createVuetify, type ThemeDefinition } from "vuetify";
import { aliases, mdi } from "vuetify/iconsets/mdi-svg";
import { en, ru } from "vuetify/locale";

import * as colours from "./colours";

const light: ThemeDefinition = { dark: false, colors: colours.light, variables: colours.lightLines };
const dark: ThemeDefinition = { dark: true, colors: colours.dark, variables: colours.darkLines };

export function newVuetify() {
  return createVuetify({
    icons: { defaultSet: "mdi", aliases, sets: { mdi } },
    locale: { fallback: "en", messages: { en, ru } },
    theme: { defaultTheme: "system", themes: { light, dark } },
    defaults: {
      VBtn: { flat: true },
      VCard: { flat: true, border: true },
      VTextField: { variant: "outlined", color: "primary" },
      VList: { prependGap: 14 },
      VMenu: { location: "bottom end", offset: 6 },
    },
  });
}
