import { mdiTrayArrowDown } from "@mdi/js";

import type { Area } from "@/area";

const area: Area = {
  routes: [
    {
      path: "/requests",
      name: "requests",
      component: () => import("./views/RequestsView.vue"),
      meta: { for: "member", title: "frame.pages.requests", permission: "drops.create" },
    },
  ],
  entries: [
    {
      route: "requests",
      text: "frame.pages.requests",
      icon: mdiTrayArrowDown,
      order: 40,
      permission: "drops.create",
    },
  ],
};

export default area;
