import { recall } from "@/kit/remember";
import { dark, darkLines, light, lightLines } from "@/theme/colours";

/** Sets the colours that Vuetify sets on the other pages: as was chosen there, else as the system has them. */
export function adoptColours(): void {
  const sheet = new CSSStyleSheet();
  const bright = rule("light", { "on-primary": "#ffffff", "on-error": "#ffffff", ...light }, lightLines);
  const gloomy = rule("dark", dark, darkLines);
  const chosen = recall("theme");
  if (chosen === "light") sheet.replaceSync(bright);
  else if (chosen === "dark") sheet.replaceSync(gloomy);
  else sheet.replaceSync(`${bright} @media (prefers-color-scheme: dark) { ${gloomy} }`);
  document.adoptedStyleSheets.push(sheet);
}

function rule(scheme: string, colours: Record<string, string>, lines: Record<string, string | number>): string {
  const named = Object.entries(colours).map(([name, value]) => `--v-theme-${name}: ${parts(value)};`);
  const others = Object.entries(lines).map(
    ([name, value]) => `--v-${name}: ${typeof value === "string" ? parts(value) : value};`,
  );
  return `:root { color-scheme: ${scheme}; ${[...named, ...others].join(" ")} }`;
}

/** `#3d55e6` as `61, 85, 230`. */
function parts(colour: string): string {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16)).join(", ");
}
