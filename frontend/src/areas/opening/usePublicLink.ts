import { ref, shallowRef } from "vue";

import { firstAlive, type Source } from "@/api/download";
import { lookAtLink, openLink } from "@/api/links";
import { asProblem, Problem } from "@/api/problem";
import type { OpenedLink, PublicLink } from "@/api/types";

/** With these nothing can be done on this page any more. */
const FINAL = new Set([
  "LINK_NOT_FOUND",
  "LINK_EXPIRED",
  "LINK_USED_UP",
  "FILE_NOT_FOUND",
  "VERSION_NOT_FOUND",
  "FILE_TRASHED",
]);

export interface Found extends Source {
  opened: OpenedLink;
}

/** A link as whoever has its address meets it: looked at, opened once, and again by its pass. */
export function usePublicLink(token: string) {
  const link = shallowRef<PublicLink | null>(null);
  const opened = shallowRef<OpenedLink | null>(null);
  const problem = ref<Problem | null>(null);
  const isBusy = ref(false);
  let pass: string | null = null;

  async function look(): Promise<void> {
    problem.value = null;
    try {
      link.value = await lookAtLink(token);
    } catch (reason) {
      problem.value = asProblem(reason);
    }
  }

  /** The nearest city that answers, or null and a problem. What a pass opens is not counted again. */
  async function open(password = ""): Promise<Found | null> {
    isBusy.value = true;
    problem.value = null;
    try {
      const answer = await openLink(token, password, pass);
      pass = answer.pass;
      opened.value = answer;
      const source = await firstAlive(answer);
      if (source === null) throw new Problem("NO_HEALTHY_REPLICA", 503);
      return { ...source, opened: answer };
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

  return { link, opened, problem, isBusy, look, open };
}

export function isFinal(problem: Problem): boolean {
  return FINAL.has(problem.code);
}
