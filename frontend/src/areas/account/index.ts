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
      path: "/reset/:token",
      name: "reset",
      component: () => import("./views/ResetView.vue"),
      props: true,
      meta: { for: "public", title: "account.titles.reset" },
    },
  ],
};

export default area;
