import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import sortImports from "eslint-plugin-simple-import-sort";
import vue from "eslint-plugin-vue";
import typescript from "typescript-eslint";

export default typescript.config(
  { ignores: ["dist/", "src/api/schema/"] },
  js.configs.recommended,
  typescript.configs.strict,
  typescript.configs.stylistic,
  vue.configs["flat/recommended"],
  prettier,
  {
    files: ["**/*.vue"],
    languageOptions: { parserOptions: { parser: typescript.parser } },
  },
  {
    files: ["src/**"],
    rules: { "max-lines": ["error", { max: 200 }] },
  },
  {
    plugins: { "sort-imports": sortImports },
    rules: {
      "sort-imports/imports": [
        "error",
        {
          groups: [
            ["^\\u0000"],
            ["^node:"],
            ["^@?\\w", "^virtual:"],
            ["^@/"],
            ["^@tests/"],
            ["^\\.\\./\\.\\./\\.\\./"],
            ["^\\."],
          ],
        },
      ],
      // The compiler knows better.
      "no-undef": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      "vue/component-name-in-template-casing": ["error", "kebab-case"],
      "vue/no-unused-refs": "error",
      "vue/no-v-html": "error",
      "vue/require-typed-ref": "error",
    },
  },
);
