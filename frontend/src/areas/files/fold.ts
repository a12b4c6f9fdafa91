/** A name as searches see it: without case and accents; in Cyrillic й is a letter of its own. */
export function fold(name: string): string {
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\u0438\u0306/g, "\u0439")
    .replace(/\p{Mn}/gu, "");
}
