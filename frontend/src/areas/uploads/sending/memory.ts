import { change, recalledUpload, type Upload } from "../upload";
import { giveBack, type GivenBack, look } from "./begin";
import { adopt, drop, keep, keptOf } from "./kept";
import { assertSame, hashOfEnds, readAgain } from "./sameFile";
import { isThere, sentOf } from "./way";

/** Uploads as they outlive the page: written down while they go on, found again at the next visit. */
export class UploadMemory {
  /** Hash of the ends of those of which parts may have been sent. */
  private readonly ends = new Map<string, string | null>();
  /** Files are still at hand where only the session had ended. */
  private readonly files = new Map<string, File>();

  constructor(private readonly ownerOf: () => string | null) {}

  async begin(uploads: Upload[]): Promise<void> {
    for (const { id, file } of uploads) if (file !== null) this.files.set(id, file);
    await this.write(uploads);
  }

  /** The service knows it by now; from here on other bytes must not get in between. */
  async note(upload: Upload): Promise<void> {
    if (upload.isInParts && upload.file !== null) this.ends.set(upload.id, await hashOfEnds(upload.file));
    await this.write([upload]);
  }

  /** It is over: there is nothing to come back to. */
  async forget(id: string): Promise<void> {
    this.files.delete(id);
    this.ends.delete(id);
    await drop(id);
  }

  /** What an earlier visit of this person has left; those whose file is at hand are ready to go on. */
  async recall(known: Upload[], nextKey: () => number): Promise<Upload[]> {
    const owner = this.ownerOf();
    if (owner === null) return [];
    const kept = await adopt(owner, new Set(known.map(({ id }) => id)));
    // Somebody else may be there by now.
    if (owner !== this.ownerOf()) return [];
    return kept.map(({ upload: memory, ends }) => {
      const upload = recalledUpload(nextKey(), memory);
      this.ends.set(upload.id, ends);
      const file = this.files.get(upload.id);
      return file === undefined ? upload : { ...upload, file, state: "queued" };
    });
  }

  /** Asks how far it is: all of it may have arrived; that of which nothing is left is given back. */
  async lookInto(upload: Upload): Promise<GivenBack | null> {
    if (upload.ticket === null) return null;
    const way = await look(upload.ticket, new AbortController().signal);
    if (upload.state !== "missing") return null;
    if (way === null) return giveBack(upload);
    change(upload, { isDelivered: isThere(way, upload.size), sent: sentOf(way, upload.size) });
    return null;
  }

  /** Takes the file that a person has chosen again; throws when it is another one. */
  async take(upload: Upload, file: File): Promise<void> {
    await assertSame(file, upload, this.ends.get(upload.id) ?? null);
    this.files.set(upload.id, file);
    change(upload, { file, problem: null });
  }

  /** Takes the file by its handle, without a question or with one to the person; whether that worked. */
  async reopen(upload: Upload, isAsked: boolean): Promise<boolean> {
    const file = upload.handle === null ? null : await readAgain(upload.handle, isAsked);
    if (file === null) return false;
    await this.take(upload, file);
    return true;
  }

  private async write(uploads: Upload[]): Promise<void> {
    const owner = this.ownerOf();
    if (owner === null) return;
    // One that was given up meanwhile stays forgotten.
    const wanted = uploads.filter(({ id }) => this.files.has(id));
    await keep(wanted.map((upload) => keptOf(upload, owner, this.ends.get(upload.id) ?? null)));
  }
}
