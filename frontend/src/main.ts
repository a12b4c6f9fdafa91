import "@fontsource-variable/inter/wght.css";
import "vuetify/styles/core";
import "./styles.css";

import { createPinia } from "pinia";
import { createApp } from "vue";
import { I18nT } from "vue-i18n";

import { surroundings } from "./api/http";
import App from "./App.vue";
import { isSessionExpected } from "./areas/account/session";
import { loadMemberFrame } from "./frame/loadMemberFrame";
import { i18n, preferredLanguage, setLanguage } from "./i18n";
import { recall } from "./kit/remember";
import { newRouter } from "./router";
import { adoptLate } from "./theme/late";
import { adoptColours } from "./theme/pageColours";

adoptColours();
// Also the log-in comes from where somebody pretends to be (demo stacks only).
surroundings.fakeIp = recall("fake-ip");
if (isSessionExpected()) void loadMemberFrame();
await setLanguage(preferredLanguage());
const app = createApp(App);
adoptLate(app);
app.component("I18nT", I18nT);
app.use(createPinia()).use(i18n).use(newRouter()).mount("#app");
