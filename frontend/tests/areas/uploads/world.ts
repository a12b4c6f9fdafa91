import { createPinia, setActivePinia } from "pinia";
import { afterAll, afterEach, beforeAll, beforeEach, vi } from "vitest";

import { tokens } from "@/api/http";
import type { UploadTicket } from "@/api/types";
import { useSession } from "@/areas/account/session";
import { useFiles } from "@/areas/files/store";
import { useUploader } from "@/areas/uploads/sending/uploader";
import { useUploads } from "@/areas/uploads/store";
import type { Chosen, Upload } from "@/areas/uploads/upload";

import { Bucket } from "@tests/bucket";
import { json, Network, refuse } from "@tests/network";
import { ANN, CITIES, file, ticket } from "@tests/sample";

export const START = "POST /storage/api/v1/uploads";
export const complete = (id: string) => `POST /storage/api/v1/uploads/${id}/complete`;
export const abort = (id: string) => `DELETE /storage/api/v1/uploads/${id}`;
export const look = (id: string) => `GET /storage/api/v1/uploads/${id}`;
export const sign = (id: string) => `POST /storage/api/v1/uploads/${id}/parts`;
export const REPORT = "/storage/api/v1/route/measured";
export const show = (id: string) => `GET /storage/api/v1/files/${id}`;

/** Silence of a city and of the service is waited for in earnest. */
const IN_EARNEST = new Set([45_000, 20_000]);

/** A service of scripted answers, a real bucket, and a page with nobody in a hurry. */
export function uploadWorld() {
  const bucket = new Bucket();
  const world = {
    bucket,
    address: "",
    network: new Network(),
    isPatient: true,
    add: (files: (File | Chosen)[], folder: string | null = null, empty: string[] = []) =>
      useUploads().add(
        files.map((one) => (one instanceof File ? { file: one, path: "", handle: null } : one)),
        folder,
        empty,
      ),
    state: () => useUploads().items.map(({ state }) => state),
    first: () => useUploads().items[0] as Upload,
    /** What was asked of the service, but for how cities answered: that costs nobody any time. */
    calls: () => world.network.asked.filter(({ path }) => path !== REPORT),
    wishes: () => world.network.to(START).map(({ body }) => body as Record<string, unknown>),
    /** The answer to the start of an upload in one piece. */
    given: (id: string, server = CITIES[0], change: Partial<UploadTicket> = {}) =>
      json(ticket(id, { url: `${world.address}/${id}`, headers: {}, ...(server && { server }), ...change }), {}, 201),
    /** The same in parts of so many bytes. */
    inParts: (id: string, size: number, partSize: number, server = CITIES[0]) => {
      const { method: _method, url: _url, headers: _headers, ...common } = ticket(id, server && { server });
      const numbers = Array.from({ length: Math.min(100, Math.ceil(size / partSize)) }, (_, index) => index + 1);
      return json({ ...common, part_size: partSize, parts: world.parts(id, numbers) }, {}, 201);
    },
    parts: (id: string, numbers: number[], signature = "first") =>
      numbers.map((number) => ({
        number,
        size: 0,
        headers: {},
        url: `${world.address}/${id}?n=${number}&s=${signature}`,
      })),
    /** What the service says has arrived. */
    found: (id: string, size: number, partSize: number | null, sizes: Record<number, number>, state = "pending") => {
      const received = Object.entries(sizes).map(([number, length]) => ({
        number: Number(number),
        size: length,
        etag: "e",
      }));
      const common = { file_id: `file-${id}`, version: 1, server: CITIES[0], created_at: "", expires_at: "" };
      return json({ id, size, state, part_size: partSize, received, ...common });
    },
    stored: (...ids: string[]) => ids.forEach((id) => world.network.on(complete(id), json(file(`file-${id}`)))),
    gone: (...ids: string[]) =>
      ids.forEach((id) => {
        world.network
          .on(abort(id), new Response(null, { status: 204 }))
          .on(show(`file-${id}`), refuse(404, "FILE_NOT_FOUND"));
      }),
    login: (id = ANN.id) => (useSession().profile = { ...ANN, id }),
  };

  beforeAll(async () => {
    world.address = await bucket.start();
    const real = setTimeout;
    vi.stubGlobal("setTimeout", (action: () => void, delay = 0) =>
      real(action, world.isPatient && !IN_EARNEST.has(delay) ? Math.min(delay, 1) : delay),
    );
  });
  beforeEach(() => {
    setActivePinia(createPinia());
    world.isPatient = true;
    world.network = new Network();
    tokens.adopt({ access_token: "t", token_type: "Bearer", expires_in: 600 });
    bucket.reset();
  });
  afterEach(() => {
    useUploader().reset();
    useFiles().reset();
  });
  afterAll(async () => {
    vi.unstubAllGlobals();
    await bucket.stop();
  });
  return world;
}
