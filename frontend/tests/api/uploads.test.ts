import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { assertReadable, mediaType, putBytes } from "@/api/uploads";

import { Bucket } from "@tests/bucket";

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
      { url: `${address}/meridian/key?sig=1`, headers: {}, ...change },
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
  it("has a sound type, whatever the system calls it", () => {
    expect([mediaType("not a type"), mediaType(""), mediaType("image/png")]).toEqual([
      "application/octet-stream",
      "application/octet-stream",
      "image/png",
    ]);
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
