/// <reference types="vite/client" />

/** The continents, drawn by land.ts while the page is built. */
declare module "virtual:land" {
  export const land: { path: string; scale: number; x: number; y: number };
}

/** The player without what our playlists never have: the same types, which are published for the whole only. */
declare module "hls.js/light" {
  export * from "hls.js";
  export { default } from "hls.js";
}
