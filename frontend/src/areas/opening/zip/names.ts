/** What no system takes in a name, or what would mean another place: Windows is the strictest. */
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u001f<>:"|?*\\/]/g;
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])\s*(\.|$)/i;

/** One name that stays where it is put, whatever it was called. */
export function safeName(name: string): string {
  const plain = name.replace(FORBIDDEN, "_").replace(/[. ]+$/, "");
  if (plain === "" || DEVICE.test(plain)) return `_${plain}`;
  return plain;
}

/** Paths for a ZIP: none leaves it, and no two are equal, also where case does not count. */
export class ZipNames {
  private readonly taken = new Set<string>();

  of(folder: string, name: string): string {
    const parts = [...folder.split("/").filter((part) => part !== "" && part !== "."), name].map(safeName);
    const whole = parts.join("/");
    for (let number = 1; ; number += 1) {
      const path = number === 1 ? whole : numbered(whole, number);
      const key = path.normalize("NFC").toLowerCase();
      if (!this.taken.has(key)) {
        this.taken.add(key);
        return path;
      }
    }
  }
}

function numbered(path: string, number: number): string {
  const slash = path.lastIndexOf("/");
  const dot = path.lastIndexOf(".");
  const cut = dot > slash + 1 ? dot : path.length;
  return `${path.slice(0, cut)} (${number})${path.slice(cut)}`;
}
