// Files of odd names go through the whole of it: from a browser into a city and back to a disk.

import assert from "node:assert/strict";

import { call } from "./person.mjs";

const STORAGE = "/storage/api/v1";
// Kept to the letter.
const PLAIN = [
  ...["отчёт за май.pdf", "図書館.txt", "تقرير.pdf", "❤️.txt", "con.txt", "NUL", "com1.tar.gz", "a  b.txt", "-rf"],
  ...["$(id)`id`.sh", "=1+1.csv", "100%25 %2e%2e.txt", "file=x; filename=evil.exe", `${"x".repeat(251)}.txt`],
  // As macOS writes them.
  ...["naïve café.txt", "한글.txt"].map((name) => name.normalize("NFD")),
];
// Kept by us, but a browser writes another character for some of theirs.
const ODD = [
  ...["ends with a dot.", "ends with a space ", " begins with a space.txt", ".profile", "a\\b.txt", "C:\\x.txt"],
  ...["a;b,c'd\"e.txt", "a?b*c|d<e>.txt", "<img src=x onerror=alert(1)>.html", "👨‍👩‍👧.png", "🏴󠁧󠁢󠁥󠁮󠁧󠁿.svg"],
];
const REFUSED = ["exe.\u202efdp", `${"x".repeat(252)}.txt`];

/** Uploads them into the open folder, and saves each; how many. */
export async function saveUnderTheirNames(page, address, token, folderId) {
  const names = [...PLAIN, ...ODD, ...REFUSED];
  const files = names.map((name) => ({ name, mimeType: "text/plain", buffer: Buffer.from(name) }));
  await page.locator("input[type=file]").first().setInputFiles(files);
  await page.getByText(`${REFUSED.length} files did not arrive`).waitFor();
  await page.getByRole("button", { name: "Close", exact: true }).click();
  const wanted = [...PLAIN, ...ODD].map((name) => name.normalize("NFC"));
  const path = `${STORAGE}/files?folder_id=${folderId}&limit=200`;
  const { items } = await call(address, "GET", path, undefined, token);
  assert.deepEqual(items.map(({ name }) => name).sort(), wanted.toSorted());
  for (const name of wanted) {
    const saved = await save(page, name);
    if (ODD.includes(name)) assert.equal(letters(saved), letters(name));
    else assert.equal(saved, name);
  }
  return wanted.length;
}

async function save(page, name) {
  const row = page.locator(`[data-file-name=${JSON.stringify(name)}]`);
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    row.getByRole("button", { name: /^Download/ }).click(),
  ]);
  return saved.suggestedFilename();
}

function letters(name) {
  return name.replace(/[^\p{L}\p{N}]/gu, "");
}
