import { fileURLToPath, URL } from "node:url";

import vue from "@vitejs/plugin-vue";
import vuetify from "vite-plugin-vuetify";
import { defineConfig } from "vitest/config";

const gateway = process.env["MERIDIAN_ADDRESS"] ?? "http://127.0.0.1:8080";

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [vue(), vuetify()],
  resolve: { alias: { "@": folder("./src"), "@tests": folder("./tests") } },
  // Nothing becomes a data: address, so the page runs under a policy that names only 'self'.
  build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 700 },
  server: { proxy: { "/auth/api": gateway, "/storage/api": gateway } },
  test: {
    environment: "happy-dom",
    setupFiles: ["tests/setup.ts"],
    server: { deps: { inline: ["vuetify"] } },
  },
});
