import { mdiAccountCogOutline } from "@mdi/js";

import type { Area } from "@/area";

const area: Area = {
  routes: [
    {
      path: "/login",
      name: "login",
      component: () => import("./views/LoginView.vue"),
      meta: { for: "guest", title: "account.titles.login" },
    },
    {
      path: "/register",
      name: "register",
      component: () => import("./views/RegisterView.vue"),
      meta: { for: "guest", title: "account.titles.register" },
    },
    {
      path: "/invite/:token",
      name: "invite",
      component: () => import("./views/RegisterView.vue"),
      props: true,
      meta: { for: "guest", title: "account.titles.register" },
    },
    {
      path: "/forgot",
      name: "forgot",
      component: () => import("./views/ForgotView.vue"),
      meta: { for: "guest", title: "account.titles.reset" },
    },
    {
      path: "/reset/:token",
      name: "reset",
      component: () => import("./views/ResetView.vue"),
      props: true,
      meta: { for: "public", title: "account.titles.reset" },
    },
    {
      path: "/confirm/:token",
      name: "confirm",
      component: () => import("./views/ConfirmView.vue"),
      props: true,
      meta: { for: "public", title: "account.titles.account" },
    },
    {
      path: "/account",
      component: () => import("./views/AccountView.vue"),
      meta: { for: "member", title: "account.titles.account" },
      children: [
        { path: "", name: "account-profile", component: () => import("./views/ProfileView.vue") },
        { path: "security", name: "account-security", component: () => import("./views/SecurityView.vue") },
        { path: "sessions", name: "account-sessions", component: () => import("./views/SessionsView.vue") },
        { path: "tokens", name: "account-tokens", component: () => import("./views/TokensView.vue") },
      ],
    },
  ],
  entries: [
    {
      route: "account-profile",
      text: "account.titles.account",
      icon: mdiAccountCogOutline,
      order: 10,
      section: "account",
    },
  ],
};

export default area;
