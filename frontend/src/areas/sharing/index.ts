import { mdiLinkVariant } from "@mdi/js";

import type { Area } from "@/area";

const area: Area = {
  routes: [
    {
      path: "/links",
      name: "links",
      component: () => import("./views/LinksView.vue"),
      meta: { for: "member", title: "frame.pages.links", permission: "links.view" },
    },
    {
      path: "/admin/links",
      name: "link-settings",
      component: () => import("./views/LinkSettingsView.vue"),
      meta: { for: "member", title: "frame.pages.linkSettings", permission: "links.admin" },
    },
  ],
  entries: [
    { route: "links", text: "frame.pages.links", icon: mdiLinkVariant, order: 30, permission: "links.view" },
    {
      route: "link-settings",
      text: "frame.pages.linkSettings",
      icon: mdiLinkVariant,
      order: 50,
      section: "admin",
      permission: "links.admin",
    },
  ],
};

export default area;
