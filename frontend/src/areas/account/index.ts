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
  ],
};

export default area;
