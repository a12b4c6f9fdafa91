import { onBeforeUnmount, onMounted, ref, shallowRef } from "vue";

import { firstAlive, type Source } from "@/api/download";
import { lookAtLink, openLink } from "@/api/links";
import { asProblem, Problem } from "@/api/problem";
import { openShared } from "@/api/sharedFolder";
import type { DownloadOffer, OpenedLink, PublicLink, SharedFile } from "@/api/types";

/** How often an open page asks whether the link still is one. */
const LOOK_MS = 15_000;
/** With these nothing can be done on this page any more. */
const FINAL = new Set(["LINK_NOT_FOUND", "LINK_EXPIRED", "LINK_USED_UP", "VERSION_NOT_FOUND", "FILE_TRASHED"]);
/** In a folder somebody may have deleted one file, or all downloads may be taken; it can still be looked at. */
const FINAL_OF_FOLDER = new Set(["LINK_NOT_FOUND", "LINK_EXPIRED"]);

/** A link as whoever has its address meets it: looked at, opened once, and again by its pass. */
export function usePublicLink(token: string) {
  const link = shallowRef<PublicLink | null>(null);
  const opened = shallowRef<OpenedLink | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const isBusy = ref(false);
  let pass: string | null = null;
  let known = "";
  const passes = new Map<string, string>();

  async function look(): Promise<void> {
    problem.value = null;
    try {
      link.value = await lookAtLink(token);
      if (link.value.kind === "folder" && !link.value.needs_password) await unlock();
    } catch (reason) {
      problem.value = asProblem(reason);
    }
  }

  /** The nearest city that answers, or null and a problem. What a pass opens is not counted again. */
  async function open(password = ""): Promise<Source | null> {
    return attempt(async () => {
      const answer = await openLink(token, password, pass);
      pass = answer.pass;
      opened.value = answer;
      return nearest(answer as DownloadOffer);
    });
  }

  /** Opens a folder, or a file whose password was asked for; whether it is open now. */
  async function unlock(password = ""): Promise<boolean> {
    const answer = await attempt(() => openLink(token, password, null));
    if (answer === null) return false;
    pass = answer.pass;
    known = password;
    opened.value = answer;
    return true;
  }

  /** Where a file of the folder can be read now; a pass that is over is renewed by the password. */
  async function openFile(file: Pick<SharedFile, "id">, signal?: AbortSignal): Promise<DownloadOffer> {
    const ask = () => openShared(token, passes.get(file.id) ?? pass, file.id, signal);
    try {
      return keep(file.id, await ask());
    } catch (reason) {
      if (asProblem(reason).code !== "WRONG_PASSWORD") throw reason;
      passes.delete(file.id);
      pass = (await openLink(token, known, null)).pass;
      return keep(file.id, await ask());
    }
  }

  function keep<Answer extends { pass: string }>(id: string, answer: Answer): Answer {
    passes.set(id, answer.pass);
    return answer;
  }

  async function attempt<Answer>(work: () => Promise<Answer>): Promise<Answer | null> {
    isBusy.value = true;
    problem.value = null;
    try {
      return await work();
    } catch (reason) {
      refuse(asProblem(reason));
      return null;
    } finally {
      isBusy.value = false;
    }
  }

  /** A pass that is over, or was given under an older password, leads back to the password. */
  function refuse(reason: Problem): void {
    if (reason.code === "WRONG_PASSWORD" && pass !== null) {
      pass = null;
      opened.value = null;
      if (link.value !== null) link.value = { ...link.value, needs_password: true };
    }
    problem.value = reason;
  }

  /** A link that was ended closes the pages that show it. */
  async function lookAgain(): Promise<void> {
    if (document.hidden || link.value === null || problem.value !== null) return;
    await lookAtLink(token).catch((reason: unknown) => {
      const now = asProblem(reason);
      if (FINAL_OF_FOLDER.has(now.code)) problem.value = now;
    });
  }

  let timer: ReturnType<typeof setInterval> | undefined;
  onMounted(() => {
    timer = setInterval(() => void lookAgain(), LOOK_MS);
    window.addEventListener("focus", lookAgain);
  });
  onBeforeUnmount(() => {
    clearInterval(timer);
    window.removeEventListener("focus", lookAgain);
  });

  return { token, link, opened, problem, isBusy, look, open, unlock, openFile, refuse, pass: () => pass };
}

export type LinkState = ReturnType<typeof usePublicLink>;

export async function nearest(offer: DownloadOffer): Promise<Source> {
  const source = await firstAlive(offer);
  if (source === null) throw new Problem("NO_HEALTHY_REPLICA", 503);
  return source;
}

export function isFinal(problem: Problem, kind?: string): boolean {
  return (kind === "folder" ? FINAL_OF_FOLDER : FINAL).has(problem.code) || isGone(problem, kind);
}

function isGone({ code }: Problem, kind?: string): boolean {
  return code === "FILE_NOT_FOUND" && kind !== "folder";
}
