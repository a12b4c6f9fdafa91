import { afterEach, describe, expect, it, vi } from "vitest";

import { Problem } from "@/api/problem";
import type { DownloadOffer, SharedFile } from "@/api/types";
import { safeName, ZipNames } from "@/areas/opening/zip/names";
import { saveZip, type ZipWork } from "@/areas/opening/zip/saveZip";
import { bytesOf } from "@/areas/opening/zip/source";

import { json, Network, offline } from "@tests/network";
import { CITIES } from "@tests/sample";

const offer = (name: string): DownloadOffer =>
  ({
    url: `http://one.test/${name}`,
    alternates: [{ server: CITIES[1], url: `http://two.test/${name}` }],
    server: CITIES[0],
  }) as unknown as DownloadOffer;

const file = (id: string, folder: string, name: string, size: number): SharedFile => ({
  id,
  folder,
  name,
  size,
  content_type: "text/plain",
  state: "stored",
  updated_at: "2026-05-01T10:00:00Z",
});

function signal() {
  return new AbortController().signal;
}

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += new TextDecoder().decode(value);
  }
}

/** The first bytes, and then the line breaks. */
function broken(text: string): Response {
  let told = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (told) controller.error(new TypeError("network"));
      else controller.enqueue(new TextEncoder().encode(text));
      told = true;
    },
  });
  return new Response(body);
}

/** The first bytes, and then nothing until it is given up. */
function stuck(text: string, ended: AbortSignal | null): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text));
      ended?.addEventListener("abort", () => controller.error(ended.reason));
    },
  });
  return new Response(body);
}

/** A file on a disk: keeps what is written to it, or says why it does not. */
function disk(refusal?: DOMException) {
  const written: Uint8Array[] = [];
  const write = (chunk: Uint8Array) => {
    if (refusal !== undefined) throw refusal;
    written.push(chunk);
  };
  const handle = { createWritable: () => Promise.resolve(new WritableStream<Uint8Array>({ write })) };
  return { handle: handle as unknown as FileSystemFileHandle, written };
}

/** The names in the central directory of a ZIP. */
function listIn(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer);
  const end = bytes.length - 22;
  const names: string[] = [];
  for (let at = view.getUint32(end + 16, true); view.getUint32(at, true) === 0x02014b50;) {
    const length = view.getUint16(at + 28, true);
    names.push(new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + length)));
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return names;
}

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("names in a ZIP", () => {
  it("stay in it, and where they are put", () => {
    const names = new ZipNames();
    expect(names.of("/", "../../etc/passwd")).toBe(".._.._etc_passwd");
    expect(names.of("/../up", "a.txt")).toBe("_/up/a.txt");
    expect(names.of("/a", "C:\\windows\\x.txt")).toBe("a/C__windows_x.txt");
    expect(safeName("con.txt")).toBe("_con.txt");
    expect(["con .txt", "COM¹", "lpt².log", "conout$"].map(safeName)).toEqual([
      "_con .txt",
      "_COM¹",
      "_lpt².log",
      "_conout$",
    ]);
    expect(safeName("..")).toBe("_");
    expect(safeName("dots. .")).toBe("dots");
  });

  it("are never equal, however many there are", () => {
    const names = new ZipNames();
    expect(names.of("/a", "x.txt")).toBe("a/x.txt");
    expect(names.of("/a", "X.TXT")).toBe("a/X (2).TXT");
    expect(names.of("/a", "x.txt")).toBe("a/x (3).txt");
    expect(names.of("/a.b", "x")).toBe("a.b/x");
    expect(names.of("/a.b", "x")).toBe("a.b/x (2)");
    const many = Array.from({ length: 10_000 }, (_, at) => names.of("/many", `file ${at}`));
    expect(new Set(many).size).toBe(10_000);
  });
});

describe("the bytes of a file", () => {
  it("go on where they broke off, by a URL that is signed again, from the next city", async () => {
    const network = new Network()
      .on("GET http://one.test/a", () => broken("hel"))
      .on("GET http://two.test/a", new Response("lo", { status: 206 }));
    const sign = vi.fn(() => Promise.resolve(offer("a")));
    const counted: number[] = [];
    expect(await textOf(bytesOf(5, sign, signal(), (count) => counted.push(count)))).toBe("hello");
    expect(sign).toHaveBeenCalledTimes(2);
    expect(network.to("GET http://two.test/a").map(({ headers }) => headers.get("Range"))).toEqual(["bytes=3-"]);
    expect(counted).toEqual([3, 2]);
  });

  it("are never of two versions: a file that was replaced meanwhile ends it", async () => {
    new Network().on("GET http://one.test/old", () => broken("hel"));
    const sign = vi.fn().mockResolvedValueOnce(offer("old")).mockResolvedValue(offer("new"));
    const failed = textOf(bytesOf(5, sign, signal(), () => undefined));
    await expect(failed).rejects.toMatchObject({ code: "FILE_REPLACED" });
  });

  it("are asked for again where a URL has expired", async () => {
    new Network()
      .on("GET http://one.test/a", new Response("<Error/>", { status: 403 }))
      .on("GET http://two.test/a", new Response("hello"));
    const sign = vi.fn(() => Promise.resolve(offer("a")));
    expect(await textOf(bytesOf(5, sign, signal(), () => undefined))).toBe("hello");
    expect(sign).toHaveBeenCalledTimes(2);
  });

  it("are not asked for again where the link has ended", async () => {
    const sign = vi.fn(() => Promise.reject(new Problem("LINK_NOT_FOUND", 404)));
    await expect(textOf(bytesOf(5, sign, signal(), () => undefined))).rejects.toMatchObject({ code: "LINK_NOT_FOUND" });
    expect(sign).toHaveBeenCalledTimes(1);
  });

  it("come from the next city where one stands still", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const network = new Network()
      .on("GET http://one.test/a", ({ signal: ended }) => stuck("hel", ended))
      .on("GET http://two.test/a", new Response("lo", { status: 206 }));
    const text = textOf(
      bytesOf(
        5,
        () => Promise.resolve(offer("a")),
        signal(),
        () => undefined,
      ),
    );
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await text).toBe("hello");
    expect(network.to("GET http://two.test/a")).toHaveLength(1);
  });

  it("are given up when no city has them", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    new Network().on("GET http://one.test/a", offline).on("GET http://two.test/a", offline);
    const read = textOf(
      bytesOf(
        5,
        () => Promise.resolve(offer("a")),
        signal(),
        () => undefined,
      ),
    ).catch(String);
    await vi.runAllTimersAsync();
    expect(await read).toContain("Failed to fetch");
  });
});

describe("the ZIP", () => {
  function work(files: SharedFile[], news: Partial<ZipWork> = {}): ZipWork {
    return {
      name: "album",
      files: () => Promise.resolve(files),
      open: ({ id }) => Promise.resolve(offer(id)),
      signal: signal(),
      onPlan: () => undefined,
      onFile: () => undefined,
      onBytes: () => undefined,
      ...news,
    };
  }

  it("holds every file that is there, under its path", async () => {
    new Network().on("GET http://one.test/1", json("one")).on("GET http://one.test/2", new Response("two"));
    const blobs: Blob[] = [];
    vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
      blobs.push(blob as Blob);
      return "blob:1";
    });
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
    const onPlan = vi.fn();
    const late = { ...file("3", "/", "late.txt", 9), state: "pending" };
    await saveZip(work([file("1", "/", "a.txt", 5), file("2", "/far", "b.txt", 3), late], { onPlan }), null);
    const text = new TextDecoder("latin1").decode(await (blobs[0] ?? new Blob()).arrayBuffer());
    expect(text).toContain("a.txt");
    expect(text).toContain("far/b.txt");
    expect(text).toContain("two");
    expect(text).not.toContain("late.txt");
    expect(onPlan).toHaveBeenCalledWith(2, 8);
  });

  it("holds ten thousand files, none in the place of another, and asks for some ahead", async () => {
    const names = ["same.txt", "same.txt", "../../etc/passwd"];
    const files = Array.from({ length: 10_000 }, (_, at) => file(`${at}`, "/", names[at] ?? `shell ${at}`, 1));
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("x")));
    let [now, most] = [0, 0];
    const open = async ({ id }: SharedFile) => {
      most = Math.max(most, (now += 1));
      await Promise.resolve();
      now -= 1;
      return offer(id);
    };
    const { handle, written } = disk();
    await saveZip(work(files, { open }), handle);
    const bytes = new Uint8Array(await new Blob(written as BlobPart[]).arrayBuffer());
    const listed = listIn(bytes);
    expect(listed).toHaveLength(10_000);
    expect(listed.slice(0, 4)).toEqual(["same.txt", "same (2).txt", ".._.._etc_passwd", "shell 3"]);
    expect(new Set(listed).size).toBe(10_000);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThan(10);
  });

  it("says that it is the device which did not take it", async () => {
    new Network().on("GET http://one.test/1", new Response("one"));
    const save = (name: string) =>
      saveZip(work([file("1", "/", "a.txt", 3)]), disk(new DOMException("no", name)).handle);
    await expect(save("QuotaExceededError")).rejects.toMatchObject({ code: "DISK_FULL" });
    await expect(save("NotAllowedError")).rejects.toMatchObject({ code: "DISK_REFUSED" });
    const closed = { createWritable: () => Promise.reject(new DOMException("no", "NotAllowedError")) };
    const saved = saveZip(work([file("1", "/", "a.txt", 3)]), closed as unknown as FileSystemFileHandle);
    await expect(saved).rejects.toMatchObject({ code: "DISK_REFUSED" });
  });

  it("says so where it would not fit into memory", async () => {
    const saved = saveZip(work([file("1", "/", "film.mkv", 4_000_000_000)]), null);
    await expect(saved).rejects.toMatchObject({ code: "ZIP_TOO_LARGE" });
  });
});
