import { computed } from "vue";
import { useRoute } from "vue-router";

/** The folder that is open on the page, into which files go; null is the top. */
export function useOpenFolder() {
  const route = useRoute();
  return computed(() => {
    const { id } = route.params;
    return route.path.startsWith("/folders/") && typeof id === "string" ? id : null;
  });
}
