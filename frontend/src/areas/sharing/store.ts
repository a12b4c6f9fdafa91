import { defineStore } from "pinia";

import * as api from "@/api/links";
import type { Link, LinkChange, NewLink, Thing } from "@/api/types";
import { useBelongings } from "@/kit/belongings";
import { pagedList } from "@/kit/usePagedList";

/** The links of the person logged in, newest first. */
export const useLinks = defineStore("links", () => {
  const list = pagedList<Link>(api.listLinks);

  /** The address is in the answer, and nowhere else. */
  async function create(thing: Thing, body: NewLink): Promise<Link> {
    const link = await api.createLink(thing, body);
    list.items = [{ ...link, url: null }, ...list.items];
    return link;
  }

  async function change(id: string, body: LinkChange): Promise<Link> {
    const changed = await api.changeLink(id, body);
    list.items = list.items.map((link) => (link.id === id ? changed : link));
    return changed;
  }

  async function end(id: string): Promise<void> {
    await api.endLink(id);
    list.items = list.items.filter((link) => link.id !== id);
  }

  useBelongings().keep(list.reset);

  return { list, create, change, end };
});
