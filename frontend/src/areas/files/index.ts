import { mdiFolderOutline } from "@mdi/js";

import type { Area } from "@/area";

const area: Area = {
  routes: [
    {
      path: "/",
      name: "files",
      component: () => import("./views/FilesView.vue"),
      meta: { for: "member", title: "files.title" },
    },
    {
      path: "/folders/:id",
      name: "folder",
      component: () => import("./views/FilesView.vue"),
      meta: { for: "member", title: "files.title" },
    },
  ],
  entries: [
    {
      route: "files",
      text: "files.title",
      icon: mdiFolderOutline,
      order: 10,
      isOnPhone: true,
      also: ["folder"],
    },
  ],
};

export default area;
