import "@/areas/history/bring";

import { bringTexts } from "@/i18n";
import { gather } from "@/i18n/gather";

import en from "./texts/en";
import ru from "./texts/ru";

bringTexts({ en: gather({ "details/texts/en.ts": en }), ru: gather({ "details/texts/ru.ts": ru }) });
