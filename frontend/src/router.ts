import { createRouter, createWebHistory, type RouterHistory } from "vue-router";

import { useSession } from "./stores/session";
import FilesView from "./views/FilesView.vue";
import LoginView from "./views/LoginView.vue";
import RegisterView from "./views/RegisterView.vue";

export function newRouter(history: RouterHistory = createWebHistory()) {
  const router = createRouter({
    history,
    routes: [
      { path: "/", name: "files", component: FilesView, meta: { for: "member" } },
      { path: "/login", name: "login", component: LoginView, meta: { for: "guest" } },
      { path: "/register", name: "register", component: RegisterView, meta: { for: "guest" } },
      { path: "/:rest(.*)*", redirect: { name: "files" } },
    ],
  });
  router.beforeEach((to) => {
    const { status } = useSession();
    if (status === "guest" && to.meta["for"] === "member") return { name: "login" };
    if (status === "member" && to.meta["for"] === "guest") return { name: "files" };
    return true;
  });
  return router;
}
