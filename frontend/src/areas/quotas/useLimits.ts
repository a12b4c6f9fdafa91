import { useI18n } from "vue-i18n";

import { asProblem } from "@/api/problem";
import type { Limits, PersonUsage } from "@/api/types";
import { dropLimits, setLimits } from "@/api/usage";
import { useNotices } from "@/kit/notices";
import { useProblemText } from "@/kit/problems";

/** Changes what people may store; what is seen of it is read again then. */
export function useLimits(reload: () => Promise<unknown>) {
  const { t } = useI18n();
  const notices = useNotices();
  const problemText = useProblemText();

  async function set(whose: string, limits: Limits): Promise<void> {
    await setLimits(whose, limits);
    notices.say("success", t("quotas.changed"));
    await reload();
  }

  /** Lets the limits of all count again; undone, the own ones are back. */
  async function drop(whose: string, name: string, { max_bytes, max_files }: Omit<PersonUsage, "user_id">) {
    try {
      await dropLimits(whose);
      const undo = () => void set(whose, { max_bytes, max_files }).catch(say);
      notices.say("success", t("quotas.dropped", { name }), { text: t("quotas.undo"), run: undo });
      await reload();
    } catch (reason) {
      say(reason);
    }
  }

  const say = (reason: unknown) => notices.say("error", problemText(asProblem(reason)));
  return { set, drop };
}
