import { reactive, watch } from "vue";

import { listPeople, type PeopleQuery } from "@/api/people";
import { usePagedList } from "@/kit/usePagedList";

/** The people who fit what is searched for. */
export function usePeople() {
  const query = reactive<PeopleQuery>({ q: "", role: "", is_active: "" });
  const list = usePagedList((cursor) => listPeople(query, cursor));
  watch(query, () => void list.load());
  return { query, list };
}
