import type { Plugin } from "vite";

const INSTALLS = `import "/src/theme/vuetify.ts";`;

/** What uses a component of Vuetify brings Vuetify along: the pages that use none are drawn without it. */
export function latePlugin(): Plugin {
  return {
    name: "late-vuetify",
    enforce: "post",
    transform(code, id) {
      if (!id.includes("/src/") || !/from ["'][^"']*\/?vuetify\//.test(code) || id.includes("/theme/vuetify.ts"))
        return;
      return { code: `${INSTALLS}\n${code}`, map: null };
    },
  };
}
