import type { App } from "vue";

interface HeadEntry {
  style: { textContent: string }[];
}

/**
 * Lets Vuetify's theme live in a constructed style sheet instead of a `<style>` element, so the page
 * needs no 'unsafe-inline' in its content security policy. Vuetify hands its styles to whatever head
 * manager is provided under `usehead`; this is the smallest one.
 */
export function adoptThemeStyles(app: App): void {
  app.provide("usehead", {
    push(entry: () => HeadEntry) {
      const sheet = new CSSStyleSheet();
      const apply = (read: () => HeadEntry) => {
        sheet.replaceSync(
          read()
            .style.map((style) => style.textContent)
            .join("\n"),
        );
      };
      document.adoptedStyleSheets.push(sheet);
      apply(entry);
      return { patch: apply };
    },
  });
}
