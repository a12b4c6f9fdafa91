import "@fontsource-variable/inter/wght.css";
import "@/styles.css";
import "@/areas/opening/page.css";

import { createApp } from "vue";

import { surroundings } from "@/api/http";
import openingEn from "@/areas/opening/texts/en";
import openingRu from "@/areas/opening/texts/ru";
import { i18n, preferredLanguage } from "@/i18n";
import { gather } from "@/i18n/gather";
import { recall } from "@/kit/remember";
import kitEn from "@/kit/texts/en";
import kitRu from "@/kit/texts/ru";
import { adoptColours } from "@/theme/pageColours";

import RequestPage from "./RequestPage.vue";
import en from "./texts/en";
import ru from "./texts/ru";

// As the page of a link, it is on its own: whoever sends a file should not have to load all of Meridian.
adoptColours();
const texts = (kit: typeof kitEn, opening: typeof openingEn, own: typeof en) =>
  gather({ "kit/texts/x.ts": kit, "opening/texts/x.ts": opening, "sending/texts/x.ts": own });
i18n.global.setLocaleMessage("en", texts(kitEn, openingEn, en));
i18n.global.setLocaleMessage("ru", texts(kitRu, openingRu, ru));
i18n.global.locale.value = preferredLanguage();
document.documentElement.lang = i18n.global.locale.value;
document.title = i18n.global.t("sending.pageTitle");
surroundings.fakeIp = recall("fake-ip");

const [, , token = ""] = location.pathname.split("/");
createApp(RequestPage, { token }).use(i18n).mount("#app");
