import { watchEffect } from "vue";

import { chosenTheme } from "./chosen";
import { dark, darkLines, light, lightLines } from "./colours";

/** Sets the colours of both themes, by the names Vuetify knows them by; the root says which one was chosen. */
export function adoptColours(): void {
  const sheet = new CSSStyleSheet();
  const bright = declarations("light", { "on-primary": "#ffffff", "on-error": "#ffffff", ...light }, lightLines);
  const gloomy = declarations("dark", dark, darkLines);
  sheet.replaceSync(
    `:root { ${bright} }
    :root[data-theme="dark"] { ${gloomy} }
    @media (prefers-color-scheme: dark) { :root[data-theme="system"] { ${gloomy} } }`,
  );
  document.adoptedStyleSheets.push(sheet);
  watchEffect(() => (document.documentElement.dataset["theme"] = chosenTheme.value));
}

function declarations(scheme: string, colours: Record<string, string>, lines: Record<string, string | number>): string {
  const named = Object.entries(colours).map(([name, value]) => `--v-theme-${name}: ${parts(value)};`);
  const others = Object.entries(lines).map(
    ([name, value]) => `--v-${name}: ${typeof value === "string" ? parts(value) : value};`,
  );
  return `color-scheme: ${scheme}; ${[...named, ...others].join(" ")}`;
}

/** `#3d55e6` as `61, 85, 230`. */
function parts(colour: string): string {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16)).join(", ");
}
