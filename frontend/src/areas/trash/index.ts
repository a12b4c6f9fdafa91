import { mdiTrashCanOutline } from "@mdi/js";

import type { Area } from "@/area";

const area: Area = {
  routes: [
    {
      path: "/trash",
      name: "trash",
      component: () => import("./views/TrashView.vue"),
      meta: { for: "member", title: "frame.pages.trash", permission: "files.view" },
    },
  ],
  entries: [
    { route: "trash", text: "frame.pages.trash", icon: mdiTrashCanOutline, order: 70, permission: "files.view" },
  ],
};

export default area;
