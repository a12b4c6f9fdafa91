/// <reference types="vite/client" />

/** The continents, drawn by land.ts while the page is built. */
declare module "virtual:land" {
  export const land: { path: string; scale: number; x: number; y: number };
}
