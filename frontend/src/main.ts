import "@fontsource-variable/inter/wght.css";
import "./styles.css";

import { createPinia } from "pinia";
import { createApp } from "vue";

import App from "./App.vue";
import { i18n, preferredLanguage, setLanguage } from "./i18n";
import { newRouter } from "./router";
import { adoptThemeStyles } from "./theme/themeSheet";
import { newVuetify } from "./theme/vuetify";

await setLanguage(preferredLanguage());
const app = createApp(App);
adoptThemeStyles(app);
app.use(createPinia()).use(i18n).use(newVuetify()).use(newRouter()).mount("#app");
