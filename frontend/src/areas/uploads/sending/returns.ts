import { asProblem } from "@/api/problem";

import { type Chosen, type Upload } from "../upload";
import type { GivenBack } from "./begin";
import type { UploadMemory } from "./memory";

/** What comes back: files chosen again for uploads that the end of a page has cut off. */
export function newReturns(items: () => Upload[], memory: UploadMemory, retry: (upload: Upload) => void) {
  /** Who drops a file again, whose upload was cut off, means to go on with it. */
  function isBack({ file, path }: Chosen): boolean {
    const isSame = (one: Upload) =>
      one.state === "missing" &&
      one.fileName === file.name &&
      one.size === file.size &&
      one.lastModified === file.lastModified &&
      (path === "" || one.path === path);
    const upload = items().find(isSame);
    if (upload !== undefined) void takeAgain(upload, file);
    return upload !== undefined;
  }

  /** Goes on with the file that was chosen again, unless it is another one. */
  async function takeAgain(upload: Upload, file: File): Promise<void> {
    await attempt(upload, () => memory.take(upload, file));
  }

  /** Goes on by the handle of the file; false: it has to be chosen. */
  async function reopen(upload: Upload, isAsked = true): Promise<boolean> {
    return (await attempt(upload, () => memory.reopen(upload, isAsked))) !== false;
  }

  async function attempt<Result>(upload: Upload, take: () => Promise<Result>): Promise<Result | null> {
    try {
      const result = await take();
      if (result !== false) retry(upload);
      return result;
    } catch (reason) {
      upload.problem = asProblem(reason);
      return null;
    }
  }

  /** Finds out how far uploads of an earlier visit are, and goes on with those that need nobody. */
  async function lookInto(found: Upload[], onGivenBack: (file: GivenBack) => void): Promise<void> {
    for (const upload of found.filter(({ state }) => state === "missing")) {
      const file = await memory.lookInto(upload).catch(() => null);
      if (file !== null) onGivenBack(file);
      if (upload.state !== "missing") continue;
      if (upload.isDelivered) retry(upload);
      else await reopen(upload, false);
    }
  }

  return { isBack, takeAgain, reopen, lookInto };
}
