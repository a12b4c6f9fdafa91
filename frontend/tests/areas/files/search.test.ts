import { beforeEach, describe, expect, it, vi } from "vitest";
import { defineComponent, h } from "vue";
import { type Router, useRouter } from "vue-router";

import { tokens } from "@/api/http";
import { useSession } from "@/areas/account/session";
import FilesView from "@/areas/files/views/FilesView.vue";

import { onPage, show } from "@tests/mount";
import { json, Network } from "@tests/network";
import { file } from "@tests/sample";

const LIST = "GET /storage/api/v1/files";

describe("a search", () => {
  let network: Network;
  let router: Router;

  beforeEach(() => {
    network = new Network().on(LIST, json({ items: [file("a")], next: null }));
    tokens.adopt({ access_token: "t", token_type: "Bearer", expires_in: 600 });
  });

  const field = () => onPage<HTMLInputElement>("input[type=search]");
  const searched = () => network.to(LIST).map(({ query }) => query.get("q"));

  async function showAt(address: string): Promise<void> {
    const page = defineComponent({
      setup: () => {
        router = useRouter();
        useSession().status = "member";
        void router.replace(address);
        return () => h(FilesView);
      },
    });
    show(page);
    await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe(address));
  }

  it("stays in the address, so that a reload shows the same", async () => {
    await showAt("/");
    field().value = "cat";
    field().dispatchEvent(new Event("input"));
    await vi.waitFor(() => expect(router.currentRoute.value.query).toEqual({ q: "cat" }));
    expect(searched()).toEqual([null, "cat"]);
    field().value = "";
    field().dispatchEvent(new Event("input"));
    await vi.waitFor(() => expect(router.currentRoute.value.query).toEqual({}));
  });

  it("has a key that leads to it, except where one types", async () => {
    await showAt("/");
    const press = (target: EventTarget) => {
      const event = new KeyboardEvent("keydown", { key: "/", bubbles: true, cancelable: true });
      target.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(press(document.body)).toBe(true);
    await vi.waitFor(() => expect(document.activeElement).toBe(field()));
    expect(press(field())).toBe(false);
  });

  it("is taken from the address, and follows it", async () => {
    await showAt("/?q=dog");
    await vi.waitFor(() => expect(field().value).toBe("dog"));
    await vi.waitFor(() => expect(searched()).toContain("dog"));
    await router.push("/");
    await vi.waitFor(() => expect(field().value).toBe(""));
  });
});
