import { computed } from "vue";
import { useRoute, useRouter } from "vue-router";

import { type FileQuery, firstOrder, NEWEST_FIRST, type Sort } from "./query";

const SORTS: Sort[] = ["name", "size", "created_at"];

/** What the list shows is told by the address: a reload, a bookmark or a way back finds the same. */
export function useQueryInAddress() {
  const route = useRoute();
  const router = useRouter();

  return computed<FileQuery>({
    get() {
      const { q, sort: asked, order } = route.query;
      const sort = SORTS.find((known) => known === asked) ?? NEWEST_FIRST.sort;
      return { q: String(q ?? ""), sort, order: order === "asc" || order === "desc" ? order : firstOrder(sort) };
    },
    set({ q, sort, order }) {
      void router.replace({
        query: {
          ...(q !== "" && { q }),
          ...(sort !== NEWEST_FIRST.sort && { sort }),
          ...(order !== firstOrder(sort) && { order }),
        },
      });
    },
  });
}
