import "@fontsource-variable/inter/wght.css";
import "@/styles.css";
import "./page.css";

import { createApp } from "vue";

import { surroundings } from "@/api/http";
import { i18n, preferredLanguage } from "@/i18n";
import { gather } from "@/i18n/gather";
import { recall } from "@/kit/remember";
import kitEn from "@/kit/texts/en";
import kitRu from "@/kit/texts/ru";
import { adoptColours } from "@/theme/pageColours";

import LinkPage from "./LinkPage.vue";
import en from "./texts/en";
import ru from "./texts/ru";

// The page of a link is on its own: whoever opens it should not have to load all of Meridian.
adoptColours();
i18n.global.setLocaleMessage("en", gather({ "kit/texts/en.ts": kitEn, "opening/texts/en.ts": en }));
i18n.global.setLocaleMessage("ru", gather({ "kit/texts/ru.ts": kitRu, "opening/texts/ru.ts": ru }));
i18n.global.locale.value = preferredLanguage();
document.documentElement.lang = i18n.global.locale.value;
document.title = i18n.global.t("opening.pageTitle");
surroundings.fakeIp = recall("fake-ip");

const [, , token = ""] = location.pathname.split("/");
createApp(LinkPage, { token }).use(i18n).mount("#app");
