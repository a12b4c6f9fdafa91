import { useI18n } from "vue-i18n";

import type { Role } from "@/api/types";

/** What every Meridian begins with; somebody may have described it otherwise since. */
const FIRST_WORDS: Record<string, string> = {
  member: "a person with files and links of their own",
  operator: "runs the servers and watches replication",
};

/** What roles are called in the language of the page; those that people made are shown as written. */
export function useRoleWords() {
  const { t, te } = useI18n();

  function nameOf(role: string): string {
    const key = `people.builtIn.${role}.name`;
    return te(key) ? t(key) : role;
  }

  function aboutOf({ name, description }: Role): string {
    return description === FIRST_WORDS[name] ? t(`people.builtIn.${name}.about`) : description;
  }

  return { nameOf, aboutOf };
}
