import type { RouteRecordRaw } from "vue-router";

/** Who sees a page: `guest` is nobody who is logged in, `member` somebody who is, `public` anybody. */
export type Audience = "guest" | "member" | "public";

/** A line of the navigation. */
export interface Entry {
  /** Name of its route. */
  route: string;
  /** Key of its text. */
  text: string;
  icon: string;
  /** Names of other routes that belong to it. */
  also?: string[];
  /** Smaller comes first. */
  order: number;
  /** `account` is the menu at the top right. */
  section?: "main" | "admin" | "account";
  /** Without it the entry is not shown. */
  permission?: string;
  /** Whether it is there at all, where that has to be found out. */
  isShown?: () => boolean;
  /** Has a place of its own in the bottom bar of phones; the others are found under "More". */
  isOnPhone?: boolean;
}

/** What `areas/<name>/index.ts` gives to the page. */
export interface Area {
  routes: RouteRecordRaw[];
  entries?: Entry[];
}

declare module "vue-router" {
  interface RouteMeta {
    for?: Audience;
    /** Key of the text in the title of the tab. */
    title?: string;
    /** Who lacks it is told that there is no such page. */
    permission?: string;
  }
}

const areas = Object.values(import.meta.glob<Area>("./areas/*/index.ts", { eager: true, import: "default" }));

export const routes: RouteRecordRaw[] = areas.flatMap((area) => area.routes);

export const entries: Entry[] = areas
  .flatMap((area) => area.entries ?? [])
  .sort((one, other) => one.order - other.order);
