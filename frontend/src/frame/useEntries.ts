import { computed } from "vue";

import { entries, type Entry } from "@/area";
import { useSession } from "@/areas/account/session";

/** The lines of the navigation that the person logged in may see. */
export function useEntries() {
  const session = useSession();
  const mine = computed(() => entries.filter(isMine));
  const within = (wanted: Entry["section"]) =>
    computed(() => mine.value.filter(({ section = "main" }) => section === wanted));

  function isMine({ permission, isShown }: Entry): boolean {
    return (permission === undefined || session.may(permission)) && isShown?.() !== false;
  }

  return { main: within("main"), admin: within("admin"), account: within("account") };
}
