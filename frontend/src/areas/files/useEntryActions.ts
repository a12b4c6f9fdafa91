import { useI18n } from "vue-i18n";

import { asProblem, Problem } from "@/api/problem";
import type { Outcome } from "@/api/types";
import { useNotices } from "@/kit/notices";
import { useProblemText } from "@/kit/problems";

import { carryOut } from "./batch";
import { type Entry, isFolder, placeOf } from "./entry";
import { useFolders } from "./folders";
import { useFiles } from "./store";

/** What is done with several files and folders at once, each with its way back. */
export function useEntryActions() {
  const { t } = useI18n();
  const files = useFiles();
  const folders = useFolders();
  const notices = useNotices();
  const problemText = useProblemText();

  async function trash(entries: Entry[]): Promise<void> {
    await attempt(async () => {
      const outcome = await carryOut({ action: "trash" }, entries);
      const done = doneOf(entries, outcome);
      done.forEach(remove);
      say("trash", entries, outcome, () => restore(done));
    });
  }

  async function restore(entries: Entry[]): Promise<void> {
    await attempt(async () => {
      const outcome = await carryOut({ action: "restore" }, entries);
      for (const entry of doneOf(entries, outcome)) show(entry);
      if (outcome.failed.length > 0) say("restore", entries, outcome);
    });
  }

  /** Into a folder; null is the top. What is there already stays. */
  async function move(entries: Entry[], to: string | null): Promise<void> {
    const movable = entries.filter((entry) => placeOf(entry) !== to && entry.id !== to);
    if (movable.length === 0) return;
    await attempt(async () => {
      const outcome = await moveTo(movable, to);
      const done = doneOf(movable, outcome);
      say("move", movable, outcome, () => moveBack(done), to === null ? t("files.title") : folders.byId.get(to)?.name);
    });
  }

  async function moveTo(entries: Entry[], to: string | null): Promise<Outcome> {
    const outcome = await carryOut({ action: "move", folder_id: to }, entries);
    for (const entry of doneOf(entries, outcome)) place(entry, to);
    return outcome;
  }

  async function moveBack(entries: Entry[]): Promise<void> {
    await attempt(async () => {
      const whole: Outcome = { done: [], failed: [] };
      for (const to of new Set(entries.map(placeOf))) {
        const { failed } = await moveTo(
          entries.filter((entry) => placeOf(entry) === to),
          to,
        );
        whole.failed.push(...failed);
      }
      if (whole.failed.length > 0) say("move", entries, whole);
    });
  }

  /** Shows an entry in another folder, as the server has it now. */
  function place(entry: Entry, to: string | null): void {
    const path = to === null ? "/" : (folders.byId.get(to)?.path ?? "");
    if (!isFolder(entry)) return files.put({ ...(files.byId.get(entry.id) ?? entry), folder_id: to, folder: path });
    folders.forgetBelow(entry.path);
    folders.put({ ...entry, parent_id: to, path: `${path === "/" ? "" : path}/${entry.name}` });
  }

  function show(entry: Entry): void {
    if (isFolder(entry)) return folders.put(entry);
    files.put(entry);
    void import("./news").then(({ useFileNews }) => useFileNews().look(entry.id));
  }

  function remove(entry: Entry): void {
    if (!isFolder(entry)) return files.drop(entry.id);
    folders.drop(entry.id);
    files.dropBelow(entry.path);
  }

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (reason) {
      notices.say("error", problemText(asProblem(reason)));
    }
  }

  /** Says what was done, with the way back, and what was not, with the reason. */
  function say(what: string, entries: Entry[], outcome: Outcome, undo?: () => Promise<void>, to = ""): void {
    const done = entries.length - outcome.failed.length;
    const [first] = doneOf(entries, outcome);
    const well = done === 0 ? "" : t(`files.done.${what}.${form(done)}`, { count: done, name: first?.name, to }, done);
    const action = done > 0 && undo ? { text: t("files.undo"), run: () => void undo() } : undefined;
    notices.say(
      outcome.failed.length > 0 ? "error" : "success",
      [well, failureOf(entries, outcome)].join(" ").trim(),
      action,
    );
  }

  function failureOf(entries: Entry[], { failed }: Outcome): string {
    const [first] = failed;
    if (first === undefined) return "";
    const name = entries.find(({ id }) => id === first.id)?.name ?? "";
    const reason = problemText(new Problem(first.code, 409));
    return t(`files.notDone.${form(failed.length)}`, { name, reason, others: failed.length - 1 });
  }

  return { trash, move };
}

function doneOf(entries: Entry[], { failed }: Outcome): Entry[] {
  const not = new Set(failed.map(({ id }) => id));
  return entries.filter(({ id }) => !not.has(id));
}

/** One is told by its name. */
function form(count: number): "one" | "many" {
  return count === 1 ? "one" : "many";
}
