import type { App } from "vue";

import { adoptThemeStyles } from "./themeSheet";

/**
 * The first pages are drawn without Vuetify. What uses a component of it imports `vuetify.ts` (the
 * build sees to that, see late.ts beside vite.config.ts), and only then is it added to the app.
 */
type Plugin = Parameters<App["use"]>[0];

let page: App | undefined;
const waiting: Plugin[] = [];

export function addLate(plugin: Plugin): void {
  if (page === undefined) waiting.push(plugin);
  else page.use(plugin);
}

/** Names the app that such plugins are for. */
export function adoptLate(app: App): void {
  adoptThemeStyles(app);
  page = app;
  waiting.splice(0).forEach((plugin) => app.use(plugin));
}
