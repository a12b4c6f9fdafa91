// What a browser loads until a page is seen: all chunks and styles that it needs, in the larger language.
// Fonts are left out: text is shown before they are there.

import { readFileSync } from "node:fs";

const DIST = "dist/";
const manifestOf = (name) => JSON.parse(readFileSync(`${DIST}.vite/${name}.json`, "utf8"));
const manifest = manifestOf("manifest");
const link = manifestOf("link");
const ENTRY = "index.html";
const RUSSIAN = "src/i18n/ru.ts";

function filesOf(manifest, ...starts) {
  const seen = new Set();
  const visit = (key) => {
    if (seen.has(key)) return;
    seen.add(key);
    manifest[key].imports?.forEach(visit);
  };
  starts.forEach(visit);
  const files = [...seen].flatMap((key) => [manifest[key].file, ...(manifest[key].css ?? [])]);
  return [...new Set(files)].map((file) => DIST + file);
}

const page = (name, limit, ...views) => ({
  name,
  limit,
  gzip: true,
  path: filesOf(manifest, ENTRY, RUSSIAN, ...views),
});

export default [
  page("log-in page", "177 kB", "src/areas/account/views/LoginView.vue"),
  page("files page", "146 kB", "src/frame/MemberFrame.vue", "src/areas/files/views/FilesView.vue"),
  { name: "page of a link", limit: "90 kB", gzip: true, path: filesOf(link, "link.html") },
  { name: "page of a file request", limit: "90 kB", gzip: true, path: filesOf(link, "request.html") },
];
