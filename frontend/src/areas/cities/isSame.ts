/** Whether a form still says what was asked about, when the answer comes. */
export function isSame(asked: unknown, now: unknown): boolean {
  return JSON.stringify(asked) === JSON.stringify(now);
}
