import { asProblem } from "@/api/problem";

const RETRY_AFTER_MS = [1_000, 3_000];

/** Tries an action three times in all, as long as what fails may pass by itself. */
export async function patiently(action: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (const wait of RETRY_AFTER_MS) {
    try {
      return await action();
    } catch (reason) {
      if (signal.aborted || !asProblem(reason).passing) throw reason;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
    signal.throwIfAborted();
  }
  return action();
}
