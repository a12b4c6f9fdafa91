import { onMounted, ref } from "vue";

import { listRoles } from "@/api/people";
import type { Role } from "@/api/types";
import { useSession } from "@/areas/account/session";

/** All roles, for those who may see them; without them the pages show names only. */
export function useRoles() {
  const session = useSession();
  const roles = ref<Role[]>([]);
  onMounted(async () => {
    if (session.may("roles.view")) roles.value = await listRoles().catch(() => []);
  });
  return roles;
}
