import { mdiMovieOutline } from "@mdi/js";
import { ref } from "vue";

import type { Area } from "@/area";

const permission = "films.view";
const isThere = ref<boolean | null>(null);

/** Asked once somebody is there who may see films. */
function isShown(): boolean {
  if (isThere.value === null) {
    isThere.value = false;
    void import("./presence").then(async ({ answers }) => (isThere.value = await answers()));
  }
  return isThere.value;
}

const area: Area = {
  routes: [
    {
      path: "/films",
      name: "films",
      component: () => import("./views/FilmsView.vue"),
      meta: { for: "member", title: "frame.pages.films", permission },
    },
    {
      path: "/films/:id",
      name: "film",
      props: true,
      component: () => import("./views/FilmView.vue"),
      meta: { for: "member", title: "frame.pages.films", permission },
    },
  ],
  entries: [
    {
      route: "films",
      also: ["film"],
      text: "frame.pages.films",
      icon: mdiMovieOutline,
      order: 50,
      permission,
      isShown,
    },
  ],
};

export default area;
