import { beforeEach, describe, expect, it, vi } from "vitest";
import { nextTick } from "vue";

import { tokens } from "@/api/http";
import type { StoredFile } from "@/api/types";
import QuickLook from "@/areas/details/components/QuickLook.vue";
import { decodeText } from "@/areas/details/decodeText";
import { lookOf } from "@/areas/details/looks";
import { render } from "@/areas/details/markdown";
import { useDetails } from "@/areas/details/store";

import { byLabel, onPage, show } from "@tests/mount";
import { json, Network } from "@tests/network";
import { CITIES, file } from "@tests/sample";

const url = (id: string) => `http://s3.test/${id}`;
const FILES = [
  file("f1", { name: "notes.md", content_type: "text/markdown" }),
  file("f2", { name: "sea.jpg", content_type: "image/jpeg" }),
  file("f3", { name: "book.docx", content_type: "application/octet-stream" }),
  file("f4", { name: "long.txt", size: 1_048_577 }),
];

let network: Network;
beforeEach(() => {
  HTMLDialogElement.prototype.showModal ??= () => undefined;
  network = new Network().on(`GET ${url("f1")}`, new Response("# Hello\n\n<b>bold</b>"));
  network.on(`GET ${url("f2")}`, new Response("x", { status: 206 }));
  for (const { id } of FILES) {
    const offer = { url: url(id), expires_at: "", server: CITIES[0], distance_km: 1, alternates: [] };
    network.on(`GET /storage/api/v1/files/${id}/download`, json(offer));
  }
  tokens.adopt({ access_token: "token-1", token_type: "Bearer", expires_in: 600 });
});

async function look(at: number) {
  show(QuickLook);
  useDetails().look(FILES[at] as StoredFile, FILES);
  await nextTick();
}

const press = (key: string) =>
  onPage("dialog").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

describe("the quick look", () => {
  it("shows Markdown, but no HTML of the file, asked to be shown and not saved", async () => {
    await look(0);
    await vi.waitFor(() => expect(onPage("article h1").textContent).toBe("Hello"));
    expect(onPage("article").textContent).toContain("<b>bold</b>");
    expect(network.to("GET /storage/api/v1/files/f1/download")[0]?.query.get("inline")).toBe("true");
  });

  it("goes on by the arrow keys, and says where there is nothing to see", async () => {
    await look(0);
    press("ArrowRight");
    await vi.waitFor(() => expect(onPage<HTMLImageElement>("img.image").src).toBe(url("f2")));
    press("ArrowRight");
    await vi.waitFor(() => expect(document.body.textContent).toContain("There is no preview of this kind of file"));
    expect(network.to("GET /storage/api/v1/files/f3/download")).toHaveLength(0);
    press("ArrowRight");
    await vi.waitFor(() => expect(document.body.textContent).toContain("too large for a preview"));
    expect(byLabel("Next file").hasAttribute("disabled")).toBe(true);
    press("ArrowRight");
    expect(useDetails().looked?.id).toBe("f4");
    press("ArrowLeft");
    await vi.waitFor(() => expect(useDetails().looked?.id).toBe("f3"));
  });

  it("makes no letters of what is no text, whatever it is called", async () => {
    network.on(`GET ${url("f1")}`, new Response(new Uint8Array([35, 0, 7, 200, 255, 1])));
    await look(0);
    await vi.waitFor(() => expect(document.body.textContent).toContain("There is no preview of this kind of file"));
  });

  it("reads text as it was written: UTF-8, UTF-16 with its mark, or the older one of the reader's language", () => {
    const bytes = (...all: number[]) => new Uint8Array(all).buffer;
    expect(decodeText(new TextEncoder().encode("Привет,\tмир\n").buffer, "en")).toBe("Привет,\tмир\n");
    expect(decodeText(bytes(0xff, 0xfe, 0x1f, 0x04, 0x20, 0), "en")).toBe("П ");
    expect(decodeText(bytes(0xfe, 0xff, 0x04, 0x1f), "en")).toBe("П");
    expect(decodeText(bytes(0xcf, 0xf0, 0xe8), "ru")).toBe("При");
    expect(decodeText(bytes(0x63, 0x61, 0x66, 0xe9), "en")).toBe("café");
    expect(decodeText(bytes(), "en")).toBe("");
    expect(decodeText(bytes(0x50, 0x4b, 3, 4), "en")).toBeNull();
  });

  it("says that no city answers", async () => {
    network.on(`GET ${url("f2")}`, new TypeError("refused"));
    await look(1);
    await vi.waitFor(() => expect(document.body.textContent).toContain("No city that holds this file answers"));
  });

  it("is left by the space bar, and the focus goes back", async () => {
    document.body.insertAdjacentHTML("beforeend", "<button id='before'>x</button>");
    document.getElementById("before")?.focus();
    await look(1);
    press(" ");
    await vi.waitFor(() => expect(document.querySelector("dialog")).toBeNull());
    await vi.waitFor(() => expect(document.activeElement?.id).toBe("before"));
  });

  it("knows kinds by their type, else by the ending, and never shows what could run", () => {
    const kind = (name: string, content_type: string) => lookOf({ name, content_type });
    expect(kind("a", "image/png")).toBe("image");
    expect(kind("a.svg", "image/svg+xml")).toBeNull();
    expect(kind("a.jpg", "application/octet-stream")).toBe("image");
    expect(kind("a.pdf", "application/pdf")).toBe("pdf");
    expect(kind("a.html", "text/html")).toBe("text");
    expect(kind("a.bin", "application/octet-stream")).toBeNull();
  });

  it("makes nothing of Markdown that runs or loads", () => {
    const made = render("[x](javascript:alert(1)) <script>1</script> ![p](https://e.test/p.png) [y](https://e.test)");
    expect(made).not.toMatch(/<script|<img|href="javascript/);
    expect(made).toContain('rel="noopener noreferrer nofollow"');
  });
});
