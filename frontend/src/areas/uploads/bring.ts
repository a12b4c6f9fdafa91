import { bringTexts } from "@/i18n";
import { gather } from "@/i18n/gather";

import en from "./texts/tray/en";
import ru from "./texts/tray/ru";

bringTexts({ en: gather({ "uploads/texts/en.ts": en }), ru: gather({ "uploads/texts/ru.ts": ru }) });
