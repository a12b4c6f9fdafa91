import { mount, type VueWrapper } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { afterEach } from "vitest";
import { type Component, defineComponent, h } from "vue";
import { I18nT } from "vue-i18n";
import { createMemoryHistory } from "vue-router";
import { VApp } from "vuetify/components/VApp";

import { useFiles } from "@/areas/files/store";
import { i18n } from "@/i18n";
import { newRouter } from "@/router";
import { newVuetify } from "@/theme/vuetify";

const shown: VueWrapper[] = [];
afterEach(() => {
  const pages = shown.splice(0);
  pages.forEach((wrapper) => wrapper.unmount());
  // What it was going to look at soon it would look at in the midst of the next test.
  if (pages.length > 0) useFiles().reset();
});

/** Shows a component as the page does: inside the app, with its theme, texts, stores and routes. */
export function show(component: Component, props: Record<string, unknown> = {}, at = "/"): VueWrapper {
  const pinia = createPinia();
  setActivePinia(pinia);
  const page = defineComponent({ render: () => h(VApp, () => h(component, props)) });
  const history = createMemoryHistory();
  history.replace(at);
  const plugins = [pinia, i18n, newVuetify(), newRouter(history)];
  const wrapper = mount(page, { attachTo: document.body, global: { plugins, components: { I18nT } } });
  shown.push(wrapper);
  return wrapper;
}

/** What a person can find anywhere on the page, menus and dialogs included. */
export function onPage<E extends HTMLElement = HTMLElement>(selector: string): E {
  const found = document.querySelector<E>(selector);
  if (found === null) throw new Error(`nothing on the page is ${selector}`);
  return found;
}

export function byLabel(label: string): HTMLElement {
  return onPage(`[aria-label="${label}"]`);
}

export function byText(text: string, selector = "*"): HTMLElement {
  const found = [...document.querySelectorAll<HTMLElement>(selector)].filter((one) => one.textContent?.trim() === text);
  const last = found.at(-1);
  if (last === undefined) throw new Error(`nothing on the page says ${text}`);
  return last;
}
