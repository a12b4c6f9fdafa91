import { onMounted, ref, shallowRef } from "vue";

import * as api from "@/api/grants";
import { namesOf } from "@/api/people";
import { asProblem, type Problem } from "@/api/problem";
import type { Access, Grant, Person, Thing } from "@/api/types";

/** The people a thing is shared with, and their names. */
export function usePeople(thing: Thing) {
  const grants = ref<Grant[]>([]);
  const people = shallowRef(new Map<string, Person>());
  const isKnown = ref(false);
  const problem = ref<Problem | null>(null);

  async function load(): Promise<void> {
    try {
      const { items } = await api.listGrants(thing);
      people.value = await namesOf([...new Set(items.map((grant) => grant.user_id))]);
      grants.value = items;
      isKnown.value = true;
      problem.value = null;
    } catch (reason) {
      problem.value = asProblem(reason);
    }
  }

  /** Whoever is called that may see it from now on. */
  async function add(text: string, access: Access): Promise<Person> {
    const person = await api.findPerson(text);
    await change(person.id, access);
    people.value = new Map(people.value).set(person.id, person);
    return person;
  }

  async function change(userId: string, access: Access): Promise<void> {
    const grant: Grant = { ...(await api.share(thing, userId, access)), inherited_from: null };
    const others = grants.value.filter((one) => !isDirect(one, userId));
    const index = grants.value.findIndex((one) => isDirect(one, userId));
    others.splice(Math.max(index, 0), 0, grant);
    grants.value = others;
  }

  async function end(userId: string): Promise<void> {
    await api.endGrant(thing, userId);
    grants.value = grants.value.filter((one) => !isDirect(one, userId));
  }

  onMounted(load);
  return { grants, people, isKnown, problem, load, add, change, end };
}

function isDirect(grant: Grant, userId: string): boolean {
  return grant.inherited_from === null && grant.user_id === userId;
}
