import { watch } from "vue";
import { useRoute, useRouter } from "vue-router";

import { useFiles } from "./store";

/** Keeps the search of the list in the address: a reload, a bookmark or a way back finds it there. */
export function useSearchInAddress(): void {
  const files = useFiles();
  const route = useRoute();
  const router = useRouter();
  const asked = () => String(route.query["q"] ?? "");

  files.search = asked();
  watch(
    () => files.search,
    (text) => {
      if (text !== asked()) void router.replace({ query: text === "" ? {} : { q: text } });
    },
  );
  watch(asked, (text) => {
    if (text !== files.search) void files.searchFor(text);
  });
}
