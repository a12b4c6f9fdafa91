export interface Texts {
  [key: string]: string | Texts;
}

/** The texts of all areas in one language: each under the area's name, their problems together. */
export function gather(files: Record<string, Texts>): Texts {
  const all: Texts = {};
  const problems: Texts = {};
  for (const [path, { problems: own, ...texts }] of Object.entries(files)) {
    all[areaOf(path)] = texts;
    Object.assign(problems, own);
  }
  return { ...all, problems };
}

/** `../areas/files/texts/en.ts` belongs to `files`. */
function areaOf(path: string): string {
  return path.split("/").at(-3) ?? path;
}
