import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

const css = readFileSync(join(import.meta.dirname, "../src/styles.css"), "utf8");
const rules = [...css.matchAll(/([^{}]+)\{([^{}]*)\}/g)].map(([, selector, body]) => [selector?.trim(), body] as const);

describe("the style sheet", () => {
  it("shows where the focus is, except on what only holds the rest", () => {
    const outlined = rules.filter(([, body]) => /outline:/.test(body ?? ""));
    expect(outlined.map(([selector, body]) => [selector, /outline: none/.test(body ?? "")])).toEqual([
      [":focus-visible:not(input)", false],
      ["#main:focus-visible", true],
      [".v-overlay__content:focus-visible", true],
    ]);
  });
});
