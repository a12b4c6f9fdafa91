import type { Person } from "@/api/types";

/** How somebody is called; who gave no name is called as they log in. */
export function fullName({ first_name, last_name, username }: Omit<Person, "id">): string {
  return `${first_name} ${last_name}`.trim() || username;
}
