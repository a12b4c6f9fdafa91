import { mdiChartPie } from "@mdi/js";

import type { Area } from "@/area";

const area: Area = {
  routes: [
    {
      path: "/admin/quotas",
      name: "quotas",
      component: () => import("./views/QuotasView.vue"),
      meta: { for: "member", title: "frame.pages.quotas", permission: "quotas.change" },
    },
  ],
  entries: [
    {
      route: "quotas",
      text: "frame.pages.quotas",
      icon: mdiChartPie,
      order: 40,
      section: "admin",
      permission: "quotas.change",
    },
  ],
};

export default area;
