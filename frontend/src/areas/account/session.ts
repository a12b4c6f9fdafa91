import { defineStore } from "pinia";
import { ref, watch } from "vue";

import * as accounts from "@/api/accounts";
import { endVisit, surroundings, tokens } from "@/api/http";
import * as passkeys from "@/api/passkeys";
import { asProblem, type Problem } from "@/api/problem";
import type { Login, Profile, Registration } from "@/api/types";
import { useBelongings } from "@/kit/belongings";
import { canRemember, recall, remember } from "@/kit/remember";

/** The cookie of a session cannot be seen from here; this note says whether to expect one. */
const NOTE = "session";

/** Whether somebody has been here and not logged out since. */
export function isSessionExpected(): boolean {
  return recall(NOTE) !== null || !canRemember();
}

/** Notes that somebody leaves for another site, to come back with a session. */
export function expectSession(): void {
  remember(NOTE, "1");
}

type Status = "restoring" | "guest" | "member" | "unreachable";

/** Who is logged in. Tabs tell each other, so that none shows the files of somebody who left. */
export const useSession = defineStore("session", () => {
  const status = ref<Status>("restoring");
  const profile = ref<Profile | null>(null);
  const problem = ref<Problem | null>(null);
  /** The server ended the session; its owner did not ask for that. */
  const hasEnded = ref(false);
  let isLearning = false;
  const belongings = useBelongings();
  const neighbours = new BroadcastChannel("meridian.session");

  neighbours.onmessage = ({ data }: MessageEvent<string>) => {
    if (data === "out") leave();
    else void restore(true);
  };
  surroundings.onRenewed = () => void learn();
  tokens.onLost = () => {
    hasEnded.value = status.value === "member";
    leave();
  };

  watch(
    () => profile.value?.id,
    (_, before) => {
      if (before === undefined) return;
      endVisit();
      belongings.empty();
    },
    // At once: between two people there is no moment in which one sees what is the other's.
    { flush: "sync" },
  );

  /**
   * Continues the session of the last visit, if its cookie is still good. Who has not been here is not
   * asked about; `isExpected`: there is a session that did not begin with a form of this page.
   */
  async function restore(isExpected = isSessionExpected()): Promise<void> {
    tokens.forget();
    if (!isExpected) return leave();
    await enter(() => tokens.renew());
  }

  async function logIn(credentials: accounts.Credentials): Promise<void> {
    const login = await accounts.logIn(credentials);
    await welcome(login);
  }

  async function logInByPasskey(): Promise<void> {
    await welcome(await passkeys.logInByPasskey(await passkeys.showPasskey()));
  }

  async function register(registration: Registration): Promise<void> {
    await accounts.register(registration);
    const { username, password } = registration;
    await logIn({ username, password });
  }

  async function logOut(): Promise<void> {
    await accounts.logOut().catch(ignoreEnded);
    leave();
    hasEnded.value = false;
    neighbours.postMessage("out");
  }

  async function deleteAccount(): Promise<void> {
    await accounts.deleteAccount();
    leave();
    neighbours.postMessage("out");
  }

  async function welcome(login: Login): Promise<void> {
    tokens.adopt(login);
    await enter(() => Promise.resolve());
    neighbours.postMessage("in");
  }

  async function enter(authorise: () => Promise<unknown>): Promise<void> {
    try {
      await authorise();
      profile.value = await accounts.getProfile();
      status.value = "member";
      expectSession();
      hasEnded.value = false;
      problem.value = null;
    } catch (reason) {
      problem.value = asProblem(reason);
      if (problem.value.status === 401) leave();
      else if (profile.value === null) status.value = "unreachable";
    }
  }

  /** What somebody may do has changed under an open page, which shows and hides its entries by it. */
  async function learn(): Promise<void> {
    if (isLearning || profile.value === null) return;
    isLearning = true;
    const fresh = await accounts.getProfile().catch(() => null);
    isLearning = false;
    if (fresh !== null && fresh.id === profile.value?.id) profile.value = fresh;
  }

  function leave(): void {
    tokens.forget();
    remember(NOTE, null);
    profile.value = null;
    status.value = "guest";
  }

  function may(permission: string): boolean {
    return profile.value !== null && (profile.value.is_superuser || profile.value.permissions.includes(permission));
  }

  return {
    status,
    profile,
    problem,
    hasEnded,
    may,
    learn,
    restore,
    logIn,
    logInByPasskey,
    register,
    logOut,
    deleteAccount,
  };
});

/** Logging out of a session that has ended already is a success. */
function ignoreEnded(reason: unknown): void {
  if (asProblem(reason).status !== 401) throw reason;
}
