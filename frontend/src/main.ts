import "@fontsource-variable/inter/wght.css";
import "./styles.css";

import { createPinia } from "pinia";
import { createApp } from "vue";

import App from "./App.vue";
import { i18n } from "./i18n";
import { adoptThemeStyles } from "./plugins/themeSheet";
import { newVuetify } from "./plugins/vuetify";
import { newRouter } from "./router";

const app = createApp(App);
adoptThemeStyles(app);
app.use(createPinia()).use(i18n).use(newVuetify()).use(newRouter()).mount("#app");
