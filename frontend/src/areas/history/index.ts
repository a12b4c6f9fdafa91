import { mdiHistory } from "@mdi/js";

import type { Area } from "@/area";

const area: Area = {
  routes: [
    {
      path: "/history",
      name: "history",
      component: () => import("./views/HistoryView.vue"),
      meta: { for: "member", title: "frame.pages.history", permission: "files.view" },
    },
    {
      path: "/admin/history",
      name: "all-history",
      component: () => import("./views/HistoryView.vue"),
      props: { isOfAll: true },
      meta: { for: "member", title: "frame.pages.allHistory", permission: "actions.view_all" },
    },
  ],
  entries: [
    {
      route: "history",
      text: "frame.pages.history",
      icon: mdiHistory,
      order: 60,
      isOnPhone: true,
      permission: "files.view",
    },
    {
      route: "all-history",
      text: "frame.pages.allHistory",
      icon: mdiHistory,
      order: 35,
      section: "admin",
      permission: "actions.view_all",
    },
  ],
};

export default area;
