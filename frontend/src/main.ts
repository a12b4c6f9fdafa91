import "@fontsource-variable/inter/wght.css";
import "./styles.css";

import { createPinia } from "pinia";
import { createApp } from "vue";
import { I18nT } from "vue-i18n";

import App from "./App.vue";
import { isSessionExpected } from "./areas/account/session";
import { loadMemberFrame } from "./frame/loadMemberFrame";
import { i18n, preferredLanguage, setLanguage } from "./i18n";
import { newRouter } from "./router";
import { adoptThemeStyles } from "./theme/themeSheet";
import { newVuetify } from "./theme/vuetify";

if (isSessionExpected()) void loadMemberFrame();
await setLanguage(preferredLanguage());
const app = createApp(App);
adoptThemeStyles(app);
app.component("I18nT", I18nT);
app.use(createPinia()).use(i18n).use(newVuetify()).use(newRouter()).mount("#app");
