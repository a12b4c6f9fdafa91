import { ref } from "vue";
import { useI18n } from "vue-i18n";

import { namesOf } from "@/api/people";
import type { Action, AnyAction, Person } from "@/api/types";
import { useSession } from "@/areas/account/session";

/** The names of those who stand in the history; who cannot be asked about is called by the id. */
export function usePeopleNames() {
  const { t } = useI18n();
  const session = useSession();
  const known = ref(new Map<string, Person>());

  async function learn(ids: string[]): Promise<void> {
    const unknown = [...new Set(ids)].filter((id) => !known.value.has(id) && id !== session.profile?.id);
    if (unknown.length === 0) return;
    const found = await namesOf(unknown).catch(() => new Map<string, Person>());
    known.value = new Map([...known.value, ...found]);
  }

  /** Of all who stand in these lines: who did it, whose it is, and whom it was about. */
  function learnOf(actions: (Action | AnyAction)[]): Promise<void> {
    return learn(
      actions
        .flatMap((action) => [
          action.user_id ?? [],
          "owner_id" in action ? action.owner_id : [],
          subjectOf(action) ?? [],
        ])
        .flat(),
    );
  }

  function nameOf(id: string): string {
    const person = known.value.get(id);
    if (person === undefined) return id;
    return `${person.first_name} ${person.last_name}`.trim() || person.username;
  }

  /** Who did it; what nobody did who has an account has an address, or it was time. */
  function actorOf({ user_id, ip }: Action): string {
    if (user_id === null) return t(ip === null ? "history.time" : "history.nobody");
    return nameOrYou(user_id);
  }

  /** Whose things it was done to, where that is somebody else. */
  function ownerOf(action: Action | AnyAction): string {
    if (!("owner_id" in action) || action.owner_id === action.user_id) return "";
    return t("history.whose", { name: nameOrYou(action.owner_id) });
  }

  /** Who got or lost access. */
  function personOf(action: Action): string {
    const id = subjectOf(action);
    return id === null ? "" : nameOrYou(id);
  }

  function nameOrYou(id: string): string {
    return id === session.profile?.id ? t("history.you") : nameOf(id);
  }

  return { learn, learnOf, nameOf, actorOf, ownerOf, personOf };
}

export type PeopleNames = ReturnType<typeof usePeopleNames>;

function subjectOf({ event, data }: Action): string | null {
  const id = data["user_id"];
  return event.startsWith("GRANT.") && typeof id === "string" ? id : null;
}
