import { mdiAccountGroupOutline, mdiBookOpenPageVariantOutline, mdiShieldAccountOutline } from "@mdi/js";

import type { Area } from "@/area";

const area: Area = {
  routes: [
    {
      path: "/admin/people",
      name: "people",
      component: () => import("./views/PeopleView.vue"),
      meta: { for: "member", title: "people.title", permission: "users.view" },
    },
    {
      path: "/admin/people/:id",
      name: "person",
      component: () => import("./views/PersonView.vue"),
      props: true,
      meta: { for: "member", title: "people.person", permission: "users.view" },
    },
    {
      path: "/admin/invitations",
      name: "invitations",
      component: () => import("./views/InvitationsView.vue"),
      meta: { for: "member", title: "people.invitations.title", permission: "users.change" },
    },
    {
      path: "/admin/roles",
      name: "roles",
      component: () => import("./views/RolesView.vue"),
      meta: { for: "member", title: "people.roles.title", permission: "roles.view" },
    },
    {
      path: "/admin/audit",
      name: "audit",
      component: () => import("./views/AuditView.vue"),
      meta: { for: "member", title: "people.audit.title", permission: "users.view" },
    },
  ],
  entries: [
    {
      route: "people",
      text: "people.title",
      icon: mdiAccountGroupOutline,
      order: 10,
      section: "admin",
      permission: "users.view",
    },
    {
      route: "roles",
      text: "people.roles.title",
      icon: mdiShieldAccountOutline,
      order: 20,
      section: "admin",
      permission: "roles.view",
    },
    {
      route: "audit",
      text: "people.audit.title",
      icon: mdiBookOpenPageVariantOutline,
      order: 30,
      section: "admin",
      permission: "users.view",
    },
  ],
};

export default area;
