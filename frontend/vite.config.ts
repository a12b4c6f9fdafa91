import { fileURLToPath, URL } from "node:url";

import vue from "@vitejs/plugin-vue";
import vuetify from "vite-plugin-vuetify";
import { defineConfig } from "vitest/config";

import { iconsPlugin } from "./icons.ts";
import { landPlugin } from "./land.ts";
import { latePlugin } from "./late.ts";

const gateway = process.env["MERIDIAN_ADDRESS"] ?? "http://127.0.0.1:8080";

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// What comes with the pages that few people open, not with the first ones.
const LATER = new RegExp(
  `/src/(${[
    "areas/(sharing|requests|named|cities|films|history|people|quotas|trash)/",
    "areas/details/",
    "areas/account/(?!index|session|proof)",
    "areas/files/(?!index|store|replicas)",
    "areas/map/(use(World|Traffic)|projection)",
    "areas/uploads/(sending/|bring|texts/tray|use(TrayWords|UploadWords|Destination))",
    "theme/vuetify",
    "api/(cities|films|grants|links|oversight|people|requests|security|tokens)",
    "api/(actions|details|download|gone|trash|usage)",
    "areas/files/",
    "kit/(usePagedList|useSeen|useSending|useFirstFocus|copyText|saveBlob|saveText)",
  ].join("|")})`,
);
// One file instead of a dozen of half a kilobyte, of what the first pages are made of.
const SHARED = {
  includeDependenciesRecursively: false,
  groups: [
    {
      name: "shared",
      test: (id: string) => /\/src\/[^?]*\.ts$/.test(id) && !LATER.test(id),
      minShareCount: 2,
    },
  ],
};

// Every page names the files it may want: seven letters tell their contents apart.
const NAMES = {
  entryFileNames: "assets/[name]-[hash:7].js",
  chunkFileNames: "assets/[name]-[hash:7].js",
  assetFileNames: "assets/[name]-[hash:7][extname]",
};

/** The pages of a link and of a file request are on their own, and share no file with the others: `vite build --mode link`. */
const LINK = "link";

export default defineConfig(({ command, mode }) => ({
  plugins: [vue(), vuetify(), latePlugin(), landPlugin(), iconsPlugin()],
  define: {
    __VUE_I18N_LEGACY_API__: "false",
    __INTLIFY_DROP_MESSAGE_COMPILER__: "true",
    __INTLIFY_PROD_DEVTOOLS__: "false",
    __VUE_I18N_FULL_INSTALL__: "false",
    __VUE_PROD_DEVTOOLS__: "false",
    // The tests mount components by options; the page itself has none.
    __VUE_OPTIONS_API__: String(command !== "build"),
  },
  resolve: {
    alias: { "vue-i18n": "vue-i18n/dist/vue-i18n.runtime.mjs", "@": folder("./src"), "@tests": folder("./tests") },
  },
  // Nothing becomes a data: address, so the page runs under a policy that names only 'self'.
  build: {
    assetsInlineLimit: 0,
    manifest: mode === LINK ? ".vite/link.json" : true,
    emptyOutDir: mode !== LINK,
    rolldownOptions:
      mode === LINK
        ? { input: ["link.html", "request.html"], output: NAMES }
        : { output: { ...NAMES, codeSplitting: SHARED } },
  },
  server: { proxy: { "/auth/api": gateway, "/storage/api": gateway, "/movies/api": gateway } },
  test: {
    environment: "happy-dom",
    testTimeout: 30_000,
    // Vitest leaves one core free, which is half of a small machine.
    maxWorkers: "100%",
    setupFiles: ["tests/setup.ts"],
    server: { deps: { inline: ["vuetify"] } },
  },
}));
