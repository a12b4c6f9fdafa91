import { bringTexts } from "@/i18n";
import { gather } from "@/i18n/gather";

import permissionsEn from "./texts/permissions/en";
import permissionsRu from "./texts/permissions/ru";
import settingsEn from "./texts/settings/en";
import settingsRu from "./texts/settings/ru";

bringTexts({
  en: gather({ "account/texts/en.ts": { ...settingsEn, permissions: permissionsEn } }),
  ru: gather({ "account/texts/ru.ts": { ...settingsRu, permissions: permissionsRu } }),
});
