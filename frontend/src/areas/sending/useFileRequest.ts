import { computed, onBeforeUnmount, onMounted, reactive, ref, shallowRef } from "vue";

import { asProblem, type Problem } from "@/api/problem";
import { FileRequestDoor } from "@/api/sending";
import type { PublicRequest } from "@/api/types";
import { Lanes } from "@/areas/uploads/sending/lanes";
import { recall, remember } from "@/kit/remember";

import { deliver } from "./deliver";
import { BegunUploads } from "./memory";
import { isActive, newSending, type Sending } from "./sending";

const AT_ONCE = 3;
const LINES = 6;
const SENDER = "sender";
/** With these nothing can be sent here any more. */
const FINAL = new Set(["DROP_NOT_FOUND", "DROP_EXPIRED"]);

/** A file request as whoever has its address meets it: looked at, opened, and sent to. */
export function useFileRequest(token: string) {
  const door = new FileRequestDoor(token);
  const request = shallowRef<PublicRequest | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const over = shallowRef<Problem | null>(null);
  const isOpen = ref(false);
  const isBusy = ref(false);
  const sender = ref(recall(SENDER) ?? "");
  const sendings = ref<Sending[]>([]);
  const isSending = computed(() => sendings.value.some(isActive));
  const stops = new Map<number, AbortController>();
  let known = "";
  let keys = 0;

  const around = {
    door,
    begun: new BegunUploads(token),
    lanes: new Lanes(LINES),
    sender: () => sender.value.trim(),
    renew: () => unlock(known),
  };

  const hasBegun = around.begun.isAny();

  async function look(): Promise<void> {
    problem.value = null;
    try {
      request.value = await door.look();
      isOpen.value = isOpen.value || !request.value.needs_password;
    } catch (reason) {
      refuse(asProblem(reason));
    }
  }

  async function unlock(password: string): Promise<boolean> {
    isBusy.value = true;
    problem.value = null;
    try {
      await door.open(password);
      known = password;
      isOpen.value = true;
    } catch (reason) {
      isOpen.value = false;
      refuse(asProblem(reason));
    }
    isBusy.value = false;
    return isOpen.value;
  }

  function refuse(reason: Problem): void {
    if (FINAL.has(reason.code)) over.value = reason;
    else problem.value = reason;
  }

  function add(files: File[]): void {
    remember(SENDER, sender.value.trim() || null);
    sendings.value.push(...files.map((file) => newSending((keys += 1), file)));
    pump();
  }

  function pump(): void {
    const waiting = sendings.value.filter(({ state }) => state === "queued");
    const free = AT_ONCE - sendings.value.filter((one) => isActive(one) && one.state !== "queued").length;
    for (const one of waiting.slice(0, Math.max(0, free))) void run(reactive(one));
  }

  async function run(one: Sending): Promise<void> {
    const stop = new AbortController();
    stops.set(one.key, stop);
    Object.assign(one, { state: "sending", problem: null });
    try {
      await deliver(one, around, stop.signal);
      one.state = "done";
    } catch (reason) {
      if (!stop.signal.aborted) fail(one, asProblem(reason));
    }
    stops.delete(one.key);
    pump();
  }

  function fail(one: Sending, reason: Problem): void {
    Object.assign(one, { state: "failed", problem: reason });
    if (FINAL.has(reason.code)) over.value = reason;
    if (reason.code === "DROP_FULL") void look();
  }

  function retry(one: Sending): void {
    Object.assign(one, { state: "queued", problem: null });
    pump();
  }

  /** Takes a file off the list; what had begun of it makes room for others. */
  function leave(one: Sending): void {
    stops.get(one.key)?.abort();
    sendings.value = sendings.value.filter(({ key }) => key !== one.key);
    if (one.state !== "done" && one.id !== null) {
      around.begun.forget(one.file);
      void door.abort(one.id).catch(() => undefined);
    }
    pump();
  }

  const warn = (event: BeforeUnloadEvent) => isSending.value && event.preventDefault();
  onMounted(() => window.addEventListener("beforeunload", warn));
  onBeforeUnmount(() => {
    window.removeEventListener("beforeunload", warn);
    for (const stop of stops.values()) stop.abort();
  });

  /** Full for others, but not for who left something off here. */
  const isFull = computed(() => request.value?.is_full === true && !hasBegun);

  return { request, problem, over, isFull, isOpen, isBusy, sender, sendings, look, unlock, add, retry, leave };
}

export type RequestState = ReturnType<typeof useFileRequest>;
