import { mdiAlertCircleOutline, mdiEarth, mdiMapMarkerOutline } from "@mdi/js";

import type { Area } from "@/area";

const area: Area = {
  routes: [
    {
      path: "/cities",
      name: "cities",
      component: () => import("./views/CitiesView.vue"),
      meta: { for: "member", title: "frame.pages.cities" },
    },
    {
      path: "/admin/cities/:id",
      name: "city",
      props: true,
      component: () => import("./views/CityView.vue"),
      meta: { for: "member", title: "frame.pages.city", permission: "servers.view" },
    },
    {
      path: "/admin/dead-letters",
      name: "dead-letters",
      component: () => import("./views/LettersView.vue"),
      meta: { for: "member", title: "frame.pages.letters", permission: "replication.view" },
    },
    {
      path: "/admin/policy",
      name: "policy",
      props: ({ query }) => ({ folder: query["folder"], file: query["file"] }),
      component: () => import("./views/PolicyView.vue"),
      meta: { for: "member", title: "frame.pages.policy", permission: "policy.view" },
    },
  ],
  entries: [
    { route: "cities", text: "frame.pages.cities", icon: mdiEarth, order: 80 },
    {
      route: "dead-letters",
      text: "frame.pages.letters",
      icon: mdiAlertCircleOutline,
      order: 90,
      section: "admin",
      permission: "replication.view",
    },
    {
      route: "policy",
      text: "frame.pages.policy",
      icon: mdiMapMarkerOutline,
      order: 85,
      section: "admin",
      permission: "policy.view",
    },
  ],
};

export default area;
