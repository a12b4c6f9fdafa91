import { change, type OnConflict, type Upload } from "../upload";

/** What becomes of files whose name is taken. */
export type Answer = Exclude<OnConflict, "fail"> | "skip";

/** What a person has said of a batch; nobody is asked twice. */
export class Conflicts {
  private readonly answers = new Map<number, Answer>();

  /** A new upload of the batch follows what was said; only what is skipped has to find out first. */
  prepare(upload: Upload): void {
    const known = this.answers.get(upload.batch);
    if (upload.onConflict === "fail" && known !== undefined && known !== "skip") upload.onConflict = known;
  }

  /** The name is taken: what was said, or null when the person has to be asked. */
  answerFor({ batch }: Upload): Answer | null {
    return this.answers.get(batch) ?? null;
  }

  say(batch: number, answer: Answer): void {
    this.answers.set(batch, answer);
  }

  /** Whether the upload is to be sent after all. */
  apply(upload: Upload, answer: Answer): boolean {
    if (answer === "skip") return false;
    change(upload, { onConflict: answer, state: "queued", problem: null });
    return true;
  }
}
