import { bringTexts } from "@/i18n";
import { gather } from "@/i18n/gather";

import en from "./texts/nowhere/en";
import ru from "./texts/nowhere/ru";

bringTexts({ en: gather({ "frame/texts/en.ts": en }), ru: gather({ "frame/texts/ru.ts": ru }) });
