import { watchEffect } from "vue";
import { useI18n } from "vue-i18n";
import { useRoute } from "vue-router";

/** Names what is shown in the title of the tab, in the language of the page. */
export function useTitle(): void {
  const { t } = useI18n();
  const route = useRoute();
  watchEffect(() => {
    const { title } = route.meta;
    document.title = title === undefined ? "Meridian" : `${t(title)} – Meridian`;
  });
}
