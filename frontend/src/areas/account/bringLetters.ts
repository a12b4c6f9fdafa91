import { bringTexts } from "@/i18n";
import { gather } from "@/i18n/gather";

import en from "./texts/letters/en";
import ru from "./texts/letters/ru";

bringTexts({ en: gather({ "account/texts/en.ts": en }), ru: gather({ "account/texts/ru.ts": ru }) });
