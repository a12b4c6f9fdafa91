import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { tokens } from "@/api/http";
import { assertReadable, putBytes, startUpload } from "@/api/uploads";

import { Bucket } from "@tests/bucket";
import { json, Network } from "@tests/network";
import { ticket } from "@tests/sample";

describe("bytes on their way to a city", () => {
  const bucket = new Bucket();
  let address: string;

  beforeAll(async () => {
    address = await bucket.start();
  });
  afterAll(() => bucket.stop());
  beforeEach(() => {
    bucket.puts.length = 0;
  });

  const put = (change = {}, signal = new AbortController().signal) =>
    putBytes(
      ticket("u1", { url: `${address}/meridian/key?sig=1`, ...change }),
      new File(["hello"], "a.txt", { type: "image/png" }),
      () => undefined,
      signal,
    );

  it("are PUT to the signed URL with the signed headers", async () => {
    const set = vi.spyOn(XMLHttpRequest.prototype, "setRequestHeader");
    await put({ headers: { "Content-Type": "text/plain", "X-Amz-Thing": "7", Host: "elsewhere" } });
    expect(set.mock.calls.map(([name]) => name)).toEqual(["Content-Type", "X-Amz-Thing"]);
    expect(bucket.puts).toHaveLength(1);
    const [{ path, headers, body } = { path: "", headers: {}, body: Buffer.alloc(0) }] = bucket.puts;
    expect(path).toBe("/meridian/key?sig=1");
    expect(body.toString()).toBe("hello");
    expect(headers).toMatchObject({ "content-type": "text/plain", "x-amz-thing": "7" });
  });

  it("may be refused, with the code of S3 as the reason", async () => {
    bucket.answers.push(403);
    await expect(put()).rejects.toMatchObject({ code: "STORAGE_REFUSED", status: 403, detail: "AccessDenied" });
  });

  it("may find the city gone", async () => {
    bucket.answers.push(0);
    await expect(put()).rejects.toMatchObject({ code: "CITY_UNREACHABLE", passing: true });
  });

  it("stop when the person cancels", async () => {
    const stop = new AbortController();
    const sending = put({}, stop.signal);
    stop.abort();
    await expect(sending).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("an upload", () => {
  it("is announced with its exact size, a sound type and a key for replays", async () => {
    tokens.adopt({ access_token: "t", token_type: "Bearer", expires_in: 600 });
    const network = new Network().on("POST /storage/api/v1/uploads", json(ticket("u1"), {}, 201));
    const odd = new File(["12345"], "отчёт.pdf", { type: "not a type" });
    const { signal } = new AbortController();
    await startUpload(odd, "отчёт.pdf", [], signal);
    await startUpload(odd, "отчёт.pdf", [], signal);
    const [one, other] = network.asked;
    expect(one?.body).toEqual({ name: "отчёт.pdf", size: 5, content_type: "application/octet-stream" });
    expect(one?.headers.get("Idempotency-Key")).toMatch(/^[\da-f]{32}$/);
    expect(one?.headers.get("Idempotency-Key")).not.toBe(other?.headers.get("Idempotency-Key"));
  });

  it("is not begun for what cannot be read", async () => {
    const folder = new File([], "folder");
    folder.slice = () => {
      throw new DOMException("gone", "NotReadableError");
    };
    await expect(assertReadable(folder)).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
    await expect(assertReadable(new File([], "empty"))).resolves.toBeUndefined();
  });
});
