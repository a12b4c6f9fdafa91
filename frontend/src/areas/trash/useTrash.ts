import { onMounted, ref } from "vue";
import { useI18n } from "vue-i18n";

import { asProblem } from "@/api/problem";
import * as api from "@/api/trash";
import type { Usage } from "@/api/types";
import { readUsage } from "@/api/usage";
import { newest } from "@/kit/newest";
import { useNotices } from "@/kit/notices";
import { useProblemText } from "@/kit/problems";
import { usePagedList } from "@/kit/usePagedList";

import { type Entry, placeOf, readTrash } from "./entries";
import { useTrashNews } from "./useTrashNews";

/** The trash of the person logged in, and what can be done with it. */
export function useTrash() {
  const { t } = useI18n();
  const notices = useNotices();
  const problemText = useProblemText();
  const list = usePagedList(readTrash);
  const usage = ref<Usage | null>(null);

  const begin = newest();

  async function count(): Promise<void> {
    const isNewest = begin();
    const found = await readUsage().catch(() => null);
    if (found !== null && isNewest()) usage.value = found;
  }

  const { fresh, showFresh } = useTrashNews(list, count);

  function drop({ id }: Entry): void {
    list.items = list.items.filter((entry) => entry.id !== id);
    void count();
  }

  /** At once; who did not mean it puts it back from where it is now. */
  async function restore(entry: Entry): Promise<void> {
    try {
      const restored = await api.restore(entry.kind, entry.id);
      drop(entry);
      const place = placeOf(restored);
      const text = t("trash.restored", { name: restored.name, place: place === "/" ? t("trash.top") : place });
      notices.say("success", text, { text: t("trash.undo"), run: () => void putBack(entry) });
    } catch (reason) {
      await say(reason, entry);
    }
  }

  async function putBack({ kind, id }: Entry): Promise<void> {
    await api.putInTrash(kind, id).catch((reason: unknown) => notices.say("error", problemText(asProblem(reason))));
    await refresh();
  }

  async function remove(entry: Entry): Promise<void> {
    await api.deleteForEver(entry.kind, entry.id).catch((reason: unknown) => {
      if (asProblem(reason).status !== 404) throw reason;
    });
    drop(entry);
    notices.say("success", t("trash.gone", { name: entry.name }));
  }

  async function empty(): Promise<void> {
    await api.emptyTrash();
    await refresh();
    notices.say("success", t("trash.emptied"));
  }

  /** What is gone meanwhile leaves the list, too. */
  async function say(reason: unknown, entry: Entry): Promise<void> {
    const problem = asProblem(reason);
    if (problem.status === 404) drop(entry);
    notices.say("error", problemText(problem));
  }

  async function refresh(): Promise<void> {
    await Promise.all([list.load(), count()]);
  }

  onMounted(count);
  return { list, usage, fresh, showFresh, restore, remove, empty };
}
