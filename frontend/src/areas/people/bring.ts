import "@/areas/account/bring";

import { bringTexts } from "@/i18n";
import { gather } from "@/i18n/gather";

import en from "./texts/en";
import ru from "./texts/ru";

bringTexts({ en: gather({ "people/texts/en.ts": en }), ru: gather({ "people/texts/ru.ts": ru }) });
