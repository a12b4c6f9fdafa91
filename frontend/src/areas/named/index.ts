import { mdiAccountMultipleOutline } from "@mdi/js";

import type { Area } from "@/area";

const area: Area = {
  routes: [
    {
      path: "/shared",
      name: "shared",
      component: () => import("./views/SharedView.vue"),
      meta: { for: "member", title: "frame.pages.shared", permission: "files.view" },
    },
  ],
  entries: [
    {
      route: "shared",
      text: "frame.pages.shared",
      icon: mdiAccountMultipleOutline,
      order: 20,
      isOnPhone: true,
      permission: "files.view",
    },
  ],
};

export default area;
