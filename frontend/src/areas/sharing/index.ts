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
  ],
  entries: [{ route: "links", text: "frame.pages.links", icon: mdiLinkVariant, order: 30, permission: "links.view" }],
};

export default area;
