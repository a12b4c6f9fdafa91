const TAIL = 6;
const LONGEST_ENDING = 8;
/** Scripts whose letters do not join can be parted anywhere. */
const PARTED_ANYWHERE =
  /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Han}\p{N}\p{P}\p{S}\p{M}\u200d\s]*$/u;

/** Parts a name so that its end, extension and all, stays readable when its middle has no room. */
export function cutMiddle(name: string): [head: string, tail: string] {
  const dot = name.lastIndexOf(".");
  const hasEnding = dot > 0 && name.length - dot <= LONGEST_ENDING;
  const stem = hasEnding ? name.slice(0, dot) : name;
  const ending = hasEnding ? name.slice(dot) : "";
  const letters = [...new Intl.Segmenter().segment(stem)].map(({ segment }) => segment);
  const kept = PARTED_ANYWHERE.test(stem) && letters.length > 2 * TAIL ? TAIL : 0;
  const head = letters.slice(0, letters.length - kept).join("");
  return [head, stem.slice(head.length) + ending];
}
