import { bringTexts } from "@/i18n";
import { gather } from "@/i18n/gather";

import en from "./texts/en";
import ru from "./texts/ru";

bringTexts({ en: gather({ "films/texts/en.ts": en }), ru: gather({ "films/texts/ru.ts": ru }) });
