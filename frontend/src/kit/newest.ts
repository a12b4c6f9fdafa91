/**
 * Whoever reads something several times takes only the newest answer: each reading begins by asking for a
 * question, "is it still the newest?", and asks it when its answer is there.
 */
export function newest(): () => () => boolean {
  let latest = 0;
  return () => {
    const mine = (latest += 1);
    return () => mine === latest;
  };
}
