/** A name as searches see it: without case, accents and forms of a letter; in Cyrillic й is one of its own. */
export function fold(name: string): string {
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\u0438\u0306/g, "\u0439")
    .replace(/ß/g, "ss")
    .replace(/ς/g, "σ")
    .replace(/\p{Mn}/gu, "");
}

/** What names are sorted by, here as on the server: numbers stand behind the count of their digits. */
export function sortKey(name: string): string {
  return fold(name).replace(/[0-9]+/g, (found) => {
    const digits = found.replace(/^0+(?=.)/, "");
    return String(digits.length).padStart(3, "0") + digits;
  });
}
