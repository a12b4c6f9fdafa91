import { mdiAccountMultipleOutline, mdiBookOpenPageVariantOutline, mdiShieldAccountOutline } from "@mdi/js";

import type { Area } from "@/area";

const area: Area = {
  routes: [
    {
      path: "/admin/people",
      name: "people",
      component: () => import("./views/PeopleView.vue"),
      meta: { for: "member", title: "frame.pages.people", permission: "users.view" },
    },
    {
      path: "/admin/people/:id",
      name: "person",
      component: () => import("./views/PersonView.vue"),
      props: true,
      meta: { for: "member", title: "frame.pages.person", permission: "users.view" },
    },
    {
      path: "/admin/invitations",
      name: "invitations",
      component: () => import("./views/InvitationsView.vue"),
      meta: { for: "member", title: "frame.pages.invitations", permission: "users.change" },
    },
    {
      path: "/admin/roles",
      name: "roles",
      component: () => import("./views/RolesView.vue"),
      meta: { for: "member", title: "frame.pages.roles", permission: "roles.view" },
    },
    {
      path: "/admin/audit",
      name: "audit",
      component: () => import("./views/AuditView.vue"),
      meta: { for: "member", title: "frame.pages.audit", permission: "users.view" },
    },
  ],
  entries: [
    {
      route: "people",
      text: "frame.pages.people",
      icon: mdiAccountMultipleOutline,
      order: 10,
      section: "admin",
      permission: "users.view",
    },
    {
      route: "roles",
      text: "frame.pages.roles",
      icon: mdiShieldAccountOutline,
      order: 20,
      section: "admin",
      permission: "roles.view",
    },
    {
      route: "audit",
      text: "frame.pages.audit",
      icon: mdiBookOpenPageVariantOutline,
      order: 30,
      section: "admin",
      permission: "users.view",
    },
  ],
};

export default area;
