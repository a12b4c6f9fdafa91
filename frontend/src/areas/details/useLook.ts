import { onBeforeUnmount, reactive, type Ref, watch } from "vue";

import { offerLook } from "@/api/details";
import { firstAlive } from "@/api/download";
import { reportMeasured } from "@/api/measured";
import { asProblem, type Problem } from "@/api/problem";
import type { StoredFile } from "@/api/types";
import { language } from "@/i18n";

import { decodeText } from "./decodeText";
import { isTooLong, type Look, lookOf } from "./looks";

interface Shown {
  look: Look | null;
  state: "loading" | "ready" | "none" | "large" | "noCity" | "failed";
  /** At the nearest city that answers. */
  url: string;
  text: string;
  html: string;
  problem: Problem | null;
}

const EMPTY = { url: "", text: "", html: "", problem: null };

/** What is shown of a file: its bytes come from the nearest city that answers, and nothing of it is run. */
export function useLook(file: Readonly<Ref<StoredFile | null>>) {
  const shown = reactive<Shown>({ look: null, state: "loading", ...EMPTY });
  let latest = new AbortController();

  async function load(): Promise<void> {
    latest.abort();
    const mine = (latest = new AbortController());
    if (file.value === null) return;
    const look = lookOf(file.value);
    Object.assign(shown, { look, state: "loading", ...EMPTY });
    if (look === null || file.value.state !== "stored") return void (shown.state = "none");
    if (isTooLong(look, file.value.size)) return void (shown.state = "large");
    try {
      const found = await read(file.value.id, look, mine.signal);
      if (!mine.signal.aborted) Object.assign(shown, found);
    } catch (reason) {
      if (!mine.signal.aborted) Object.assign(shown, { state: "failed", problem: asProblem(reason) });
    }
  }

  const isOther = () => [file.value?.id, file.value?.version, file.value?.state].join();
  watch(isOther, () => void load(), { immediate: true });
  onBeforeUnmount(() => latest.abort());
  return { shown, load };
}

async function read(id: string, look: Look, signal: AbortSignal): Promise<Partial<Shown>> {
  const source = await firstAlive(await offerLook(id), reportMeasured);
  if (source === null) return { state: "noCity" };
  if (look !== "text" && look !== "markdown") return { state: "ready", url: source.url };
  const answer = await fetch(source.url, { signal, credentials: "omit", referrerPolicy: "no-referrer" });
  if (!answer.ok) throw new Error(String(answer.status));
  const text = decodeText(await answer.arrayBuffer(), language.value);
  if (text === null) return { state: "none" };
  if (look === "text") return { state: "ready", text };
  const { render } = await import("./markdown");
  return { state: "ready", text, html: render(text) };
}
