import { createRouter, createWebHistory, type RouteLocationNormalized, type RouterHistory } from "vue-router";

import { routes } from "./area";
import { useSession } from "./areas/account/session";

export function newRouter(history: RouterHistory = createWebHistory()) {
  const router = createRouter({
    history,
    routes: [
      ...routes,
      {
        path: "/:rest(.*)*",
        name: "nowhere",
        component: () => import("./frame/NowhereView.vue"),
        meta: { for: "public", title: "frame.nowhere.title" },
      },
    ],
  });
  router.beforeEach(guard);
  return router;
}

/** Decides as soon as it is known who is there; until then the page shows nothing of the route. */
function guard(to: RouteLocationNormalized) {
  const session = useSession();
  if (session.status === "guest" && to.meta.for === "member") {
    return { name: "login", query: to.fullPath === "/" ? {} : { next: to.fullPath } };
  }
  if (session.status === "member" && to.meta.for === "guest") return nextOf(to);
  if (session.status === "member" && to.meta.permission !== undefined && !session.may(to.meta.permission)) {
    return { name: "nowhere", params: { rest: to.path.slice(1).split("/") }, query: to.query };
  }
  return true;
}

/** Where somebody was on the way to before logging in; only pages of ours, never another address. */
function nextOf(to: RouteLocationNormalized) {
  const next = to.query["next"];
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : { name: "files" };
}
