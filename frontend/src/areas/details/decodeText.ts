/** What Windows wrote text in before it was UTF-8, by the language of whoever looks. */
const BEFORE_UTF8: Record<string, string> = { ru: "windows-1251" };
const USUAL_BEFORE = "windows-1252";
/** No text has these; tabs, line ends and form feeds it may have. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/;

/** The text of a file, by what its bytes say of themselves; null: it is no text, whatever it is called. */
export function decodeText(bytes: ArrayBuffer, language: string): string | null {
  const [first, second] = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  if (first === 0xff && second === 0xfe) return decode(bytes, "utf-16le");
  if (first === 0xfe && second === 0xff) return decode(bytes, "utf-16be");
  return decode(bytes, "utf-8") ?? decode(bytes, BEFORE_UTF8[language] ?? USUAL_BEFORE);
}

function decode(bytes: ArrayBuffer, encoding: string): string | null {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return CONTROL.test(text) ? null : text;
  } catch {
    return null;
  }
}
