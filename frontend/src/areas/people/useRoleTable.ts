import { onMounted, reactive, ref, shallowRef } from "vue";
import { useI18n } from "vue-i18n";

import { listPermissions, listRoles, setPermission } from "@/api/people";
import { asProblem, type Problem } from "@/api/problem";
import type { Permission, Role } from "@/api/types";
import { useSession } from "@/areas/account/session";
import { usePermissionWords } from "@/areas/account/usePermissionWords";
import { useNotices } from "@/kit/notices";
import { useProblemText } from "@/kit/problems";

import { useRoleWords } from "./useRoleWords";

/** Which role may do what; a change is sent at once. */
export function useRoleTable() {
  const { t } = useI18n();
  const session = useSession();
  const notices = useNotices();
  const problemText = useProblemText();
  const wordsOf = usePermissionWords();
  const roleWords = useRoleWords();
  const roles = shallowRef<Role[]>([]);
  const permissions = shallowRef<Permission[]>([]);
  const problem = ref<Problem | null>(null);

  /** Who may not see the permissions sees only the names of those that are in a role. */
  async function load(): Promise<void> {
    try {
      roles.value = await listRoles();
      permissions.value = session.may("permissions.view") ? await listPermissions() : [];
      problem.value = null;
    } catch (reason) {
      problem.value = asProblem(reason);
    }
  }

  async function change(role: Role, permission: Permission, isIn: boolean): Promise<void> {
    try {
      await setPermission(role.id, permission.id, isIn);
      const words = { role: roleWords.nameOf(role.name), permission: wordsOf(permission.name) };
      notices.say("success", t(isIn ? "people.roles.given" : "people.roles.taken", words));
    } catch (reason) {
      notices.say("error", problemText(asProblem(reason)));
    }
    await load();
  }

  onMounted(load);
  return reactive({ roles, permissions, problem, load, change, wordsOf, roleWords });
}
