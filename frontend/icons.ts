import * as icons from "@mdi/js";
import type { Plugin } from "vite";

const IMPORT = /import\s*\{([^}]*)\}\s*from\s*["']@mdi\/js["'];?/g;

/** Puts each icon beside what shows it; as parts of one library all of them would be loaded at once. */
export function iconsPlugin(): Plugin {
  return {
    name: "icons",
    apply: "build",
    enforce: "post",
    transform(code, id) {
      if (!id.includes("/src/") || !code.includes("@mdi/js")) return;
      return {
        code: code.replace(IMPORT, (_whole, names: string) => names.split(",").map(constant).join("")),
        map: null,
      };
    },
  };
}

function constant(named: string): string {
  const [name = "", local = name] = named.trim().split(/\s+as\s+/);
  return name === "" ? "" : `const ${local} = ${JSON.stringify(icons[name as keyof typeof icons])};`;
}
