import { computed } from "vue";
import { useRoute, useRouter } from "vue-router";

import { BY_NAME, type FileQuery, firstOrder, type Sort } from "./query";

const SORTS: Sort[] = ["name", "size", "updated_at"];

/** What the list shows is told by the address: a reload, a bookmark or a way back finds the same. */
export function useQueryInAddress() {
  const route = useRoute();
  const router = useRouter();
  const text = (value: unknown) => (typeof value === "string" ? value : "");

  return computed<FileQuery>({
    get() {
      const { q, sort: asked, order, everywhere } = route.query;
      const sort = SORTS.find((known) => known === asked) ?? BY_NAME.sort;
      return {
        folderId: text(route.params["id"]) || null,
        q: text(q),
        everywhere: everywhere !== undefined,
        sort,
        order: order === "asc" || order === "desc" ? order : firstOrder(sort),
      };
    },
    set({ q, everywhere, sort, order }) {
      void router.replace({
        query: {
          ...(q !== "" && { q }),
          ...(q !== "" && everywhere && { everywhere: "" }),
          ...(sort !== BY_NAME.sort && { sort }),
          ...(order !== firstOrder(sort) && { order }),
        },
      });
    },
  });
}
