import { beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import type { FileRequest } from "@/api/types";
import { useSession } from "@/areas/account/session";
import {
  areMegabytesGood,
  bodyOfRequest,
  newRequestTerms,
  stateOfRequest,
  termsOfRequest,
} from "@/areas/requests/terms";
import RequestsView from "@/areas/requests/views/RequestsView.vue";

import { byLabel, byText, onPage, show } from "@tests/mount";
import { json, Network, refuse } from "@tests/network";
import { ANN, folder } from "@tests/sample";

const NOW = Date.parse("2026-11-20T10:00:00Z");
const REQUESTS = "/storage/api/v1/drops";
const REQUEST: FileRequest = {
  id: "r1",
  folder_id: "d1",
  folder_name: "reports",
  title: "Reports of May",
  message: "",
  url: null,
  has_password: false,
  expires_at: null,
  max_files: 10,
  max_bytes: 5_000_000,
  files: 3,
  bytes: 1_200_000,
  wrong_passwords: 0,
  last_received_at: null,
  created_at: "2026-11-20T09:00:00Z",
};

beforeEach(() => {
  tokens.adopt({ access_token: "token", token_type: "Bearer", expires_in: 600 });
});

function open(requests: FileRequest[]) {
  const network = new Network()
    .on(`GET ${REQUESTS}`, json({ items: requests, next: null }))
    .on("GET /storage/api/v1/folders", json({ items: [folder("d1", { name: "reports" })], next: null }));
  const page = show(RequestsView, {}, "/requests");
  useSession().profile = { ...ANN, permissions: ["drops.create"] };
  return { network, page };
}

function type(selector: string, text: string): void {
  const field = onPage<HTMLInputElement>(selector);
  field.value = text;
  field.dispatchEvent(new Event("input"));
}

describe("the terms of a request", () => {
  it("count room in megabytes, and take away what is left empty", () => {
    const body = bodyOfRequest({ ...newRequestTerms(), title: " Photos ", files: "3", megabytes: "1,5" });
    expect(body).toEqual({
      ...{ title: "Photos", message: "", max_files: 3, max_bytes: 1_500_000 },
      lifetime_seconds: 604_800,
    });
    expect(bodyOfRequest({ ...termsOfRequest(REQUEST), files: "", dropsPassword: true })).toEqual({
      ...{ title: "Reports of May", message: "", max_files: null, max_bytes: 5_000_000, password: null },
    });
    expect(["", "1", "0.5", "0", "-1", "much"].map(areMegabytesGood)).toEqual([true, true, true, false, false, false]);
  });

  it("tell whether files can come", () => {
    const state = (change: Partial<FileRequest>) => stateOfRequest({ ...REQUEST, ...change }, NOW);
    expect(state({})).toBe("open");
    expect(state({ files: 10 })).toBe("full");
    expect(state({ bytes: 5_000_000 })).toBe("full");
    expect(state({ expires_at: "2026-11-20T10:00:00Z" })).toBe("expired");
    expect(state({ folder_name: null })).toBe("away");
  });
});

describe("the page of requests", () => {
  it("asks for files into a new folder, and shows the address once", async () => {
    const { network } = open([]);
    network.on("POST /storage/api/v1/folders", json(folder("d9", { name: "Photos 1-2" }), {}, 201));
    const made = { ...REQUEST, id: "r9", title: "Photos 1/2", url: "http://meridian.test/d/secret-3" };
    network.on(`POST ${REQUESTS}`, json(made, {}, 201));
    await vi.waitFor(() => byText("Request files", "button").click());
    await vi.waitFor(() => type("input[name=request-title]", "Photos 1/2"));
    type("input[name=max-files]", "3");
    await vi.waitFor(() => expect(onPage<HTMLButtonElement>("button[form=ask]").disabled).toBe(false));
    onPage("button[form=ask]").click();
    await vi.waitFor(() => expect(onPage<HTMLInputElement>(".url").value).toBe("http://meridian.test/d/secret-3"));
    expect(onPage("svg[role=img] path").getAttribute("d")?.length).toBeGreaterThan(500);
    expect(network.to("POST /storage/api/v1/folders")[0]?.body).toEqual({ name: "Photos 1-2" });
    expect(network.to(`POST ${REQUESTS}`)[0]?.body).toMatchObject({ folder_id: "d9", max_files: 3, max_bytes: null });
    byText("Done", "button").click();
    await vi.waitFor(() => onPage("[data-request-id=r9]"));
    expect(document.body.innerHTML).not.toContain("secret-3");
  });

  it("asks into a folder that is there, and says at the field that a password is needed", async () => {
    const { network } = open([]);
    network.on(`POST ${REQUESTS}`, refuse(422, "VALIDATION_FAILED", { errors: { password: ["needed"] } }));
    await vi.waitFor(() => byText("Request files", "button").click());
    await vi.waitFor(() => type("input[name=request-title]", "Reports"));
    await vi.waitFor(() => byText("reports", "[role=treeitem]").click());
    await vi.waitFor(() => byText("They go into “reports”. Who sends sees nothing of what is in it."));
    onPage("button[form=ask]").click();
    await vi.waitFor(() => byText("Requests need a password here."));
    expect(network.to(`POST ${REQUESTS}`)[0]?.body).toMatchObject({ folder_id: "d1" });
    expect(network.to("POST /storage/api/v1/folders")).toHaveLength(0);
  });

  it("shows what came, changes and ends", async () => {
    const { network, page } = open([{ ...REQUEST, wrong_passwords: 41 }]);
    network.on(`PATCH ${REQUESTS}/r1`, json({ ...REQUEST, title: "Reports of June" }));
    network.on(`DELETE ${REQUESTS}/r1`, new Response(null, { status: 204 }));
    await vi.waitFor(() => expect(page.text()).toContain("3 files of 10, 1.2 MB of 5 MB"));
    expect(page.text()).toContain("41 wrong passwords");
    byLabel("Change the request Reports of May").click();
    await vi.waitFor(() => type("input[name=request-title]", "Reports of June"));
    byText("Save", "button").click();
    await vi.waitFor(() => expect(page.text()).toContain("Reports of June"));
    expect(network.to(`PATCH ${REQUESTS}/r1`)[0]?.body).toEqual({
      ...{ title: "Reports of June", message: "", max_files: 10, max_bytes: 5_000_000 },
    });
    byLabel("End the request Reports of June").click();
    await vi.waitFor(() => byText("End request", "button").click());
    await vi.waitFor(() => byText("No requests yet", "h2"));
    expect(network.to(`DELETE ${REQUESTS}/r1`)).toHaveLength(1);
  });
});
