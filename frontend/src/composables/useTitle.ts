import { watchEffect } from "vue";
import { useI18n } from "vue-i18n";
import { useRoute } from "vue-router";

/** Names what is shown in the title of the tab, in the language of the page. */
export function useTitle(): void {
  const { t, te } = useI18n();
  const route = useRoute();
  watchEffect(() => {
    const key = `titles.${String(route.name)}`;
    document.title = te(key, "en") ? `${t(key)} – Meridian` : "Meridian";
  });
}
