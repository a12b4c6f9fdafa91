import { defineStore } from "pinia";
import { ref } from "vue";

import * as api from "@/api/links";
import { asProblem, type Problem } from "@/api/problem";
import type { Link, LinkChange, NewLink, Thing } from "@/api/types";

/** The links of the person logged in, newest first. */
export const useLinks = defineStore("links", () => {
  const items = ref<Link[]>([]);
  const next = ref<string | null>(null);
  const isKnown = ref(false);
  const isLoading = ref(false);
  const problem = ref<Problem | null>(null);

  /** Reads them again from the first page, or adds the next page. */
  async function load(more = false): Promise<void> {
    isLoading.value = true;
    try {
      const page = await api.listLinks(more ? next.value : null);
      items.value = more ? [...items.value, ...page.items] : page.items;
      next.value = page.next;
      isKnown.value = true;
      problem.value = null;
    } catch (reason) {
      problem.value = asProblem(reason);
    } finally {
      isLoading.value = false;
    }
  }

  /** The address is in the answer, and nowhere else. */
  async function create(thing: Thing, body: NewLink): Promise<Link> {
    const link = await api.createLink(thing, body);
    items.value = [{ ...link, url: null }, ...items.value];
    return link;
  }

  async function change(id: string, body: LinkChange): Promise<Link> {
    const changed = await api.changeLink(id, body);
    items.value = items.value.map((link) => (link.id === id ? changed : link));
    return changed;
  }

  async function end(id: string): Promise<void> {
    await api.endLink(id);
    items.value = items.value.filter((link) => link.id !== id);
  }

  return { items, next, isKnown, isLoading, problem, load, create, change, end };
});
