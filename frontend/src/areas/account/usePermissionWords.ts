import "@/areas/account/bring";

import { useI18n } from "vue-i18n";

/** What a permission allows, in the language of the page; one of another service keeps its name. */
export function usePermissionWords(): (permission: string) => string {
  const { t, te } = useI18n();
  return (permission) => {
    const key = `account.permissions.${permission}`;
    return te(key) ? t(key) : permission;
  };
}
