import { ref } from "vue";

import { recall } from "@/kit/remember";

export type ThemeName = "system" | "light" | "dark";

/** The theme that was chosen in this browser; until then, that of the system. */
export const chosenTheme = ref<ThemeName>(knownTheme(recall("theme")));

function knownTheme(name: string | null): ThemeName {
  return name === "light" || name === "dark" ? name : "system";
}
