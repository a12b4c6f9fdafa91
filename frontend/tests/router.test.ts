import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, it } from "vitest";
import { createMemoryHistory, type Router } from "vue-router";

import { useSession } from "@/areas/account/session";
import { newRouter } from "@/router";

import { ANN } from "@tests/sample";

describe("the guard", () => {
  let router: Router;

  beforeEach(() => {
    setActivePinia(createPinia());
    router = newRouter(createMemoryHistory());
    const page = { render: () => null };
    router.addRoute({ path: "/s/:token", name: "link", component: page, meta: { for: "public" } });
    router.addRoute({
      path: "/people",
      name: "people",
      component: page,
      meta: { for: "member", permission: "users.view" },
    });
  });

  async function at(path: string): Promise<string> {
    await router.push(path);
    return router.currentRoute.value.fullPath;
  }

  it("leads a guest to the log-in, and from there to where the way led", async () => {
    const session = useSession();
    session.status = "guest";
    expect(await at("/")).toBe("/login");
    expect(await at("/?q=cat")).toBe("/login?next=/?q=cat");
    session.status = "member";
    expect(await at("/login?next=/?q%3Ddog")).toBe("/?q=dog");
    expect(await at("/register")).toBe("/");
  });

  it.each(["//evil.example", "/\\evil.example", "https://evil.example"])("leads nobody away to %s", async (next) => {
    useSession().status = "member";
    expect(await at(`/login?next=${encodeURIComponent(next)}`)).toBe("/");
  });

  it("lets anybody see public pages", async () => {
    const session = useSession();
    for (const status of ["restoring", "guest", "member", "unreachable"] as const) {
      session.status = status;
      expect(await at(`/s/${status}`)).toBe(`/s/${status}`);
      expect(router.currentRoute.value.name).toBe("link");
    }
  });

  it("hides what one may not see, and says that there is no such page", async () => {
    const session = useSession();
    session.status = "member";
    session.profile = { ...ANN, permissions: ["files.view"] };
    await at("/people");
    expect(router.currentRoute.value.name).toBe("nowhere");
    session.profile = { ...ANN, permissions: ["users.view"] };
    await at("/");
    await at("/people");
    expect(router.currentRoute.value.name).toBe("people");
    await at("/no/such/page");
    expect(router.currentRoute.value.name).toBe("nowhere");
  });
});
