/** Mirrors what the service asks of passwords: length, and nothing that everybody knows of their owner. */
export const SHORTEST = 15;
/** Beside a second factor. */
export const SHORTEST_OF_TWO = 8;

const SERVICE = "meridian";
const SHORTEST_NAME = 3;
const STRONG = 20;
const FEW_CHARACTERS = 6;

export type Strength = "short" | "repeated" | "names" | "fair" | "strong";

/** How hard a password is to guess, as far as it can be told without a list of those that are used. */
export function strengthOf(password: string, known: string[], shortest = SHORTEST): Strength {
  const folded = password.normalize("NFKC").toLowerCase();
  const letters = [...folded];
  if (letters.length < shortest) return "short";
  if (new Set(letters).size < FEW_CHARACTERS) return "repeated";
  const rest = withoutNames(folded, [SERVICE, ...known.flatMap((one) => [one, ...one.split("@")])]);
  if (rest !== folded && (rest.match(/[\p{L}\p{N}]/gu)?.length ?? 0) < Math.floor(shortest / 2)) return "names";
  return letters.length >= STRONG ? "strong" : "fair";
}

function withoutNames(folded: string, known: string[]): string {
  return known
    .map((name) => name.normalize("NFKC").trim().toLowerCase())
    .filter((name) => name.length >= SHORTEST_NAME)
    .sort((one, other) => other.length - one.length)
    .reduce((rest, name) => rest.replaceAll(name, ""), folded);
}
