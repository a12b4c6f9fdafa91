import { geoNaturalEarth1, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import type { Plugin } from "vite";
import land from "world-atlas/land-110m.json" with { type: "json" };

const MODULE = "virtual:land";
export const WIDTH = 640;
export const HEIGHT = 300;

/** Pixels between two points of a coast; the dots of the map are 5 apart. */
const FINEST = 2;

/** What people live on, without the ice in the south. */
const inhabited = {
  type: "MultiPoint" as const,
  coordinates: [
    [-168, -50],
    [-168, 72],
    [178, -50],
    [178, 72],
  ],
};
export const projection = geoNaturalEarth1().fitExtent(
  [
    [4, 4],
    [WIDTH - 4, HEIGHT - 4],
  ],
  inhabited,
);

/** Draws the continents while the page is built: no browser has to know how, or to load the atlas. */
export function landPlugin(): Plugin {
  return {
    name: "land",
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      const [x, y] = projection.translate();
      return `export const land = ${JSON.stringify({ path: landPath(), scale: projection.scale(), x, y })};`;
    },
  };
}

/** One path in whole pixels, each step from the point before. */
function landPath(): string {
  const atlas = land as unknown as Topology<{ land: GeometryCollection }>;
  const drawn = geoPath(projection).digits(0)(feature(atlas, atlas.objects.land)) ?? "";
  return drawn
    .split("Z")
    .map((ring) => [...ring.matchAll(/(-?\d+),(-?\d+)/g)].map(([, x, y]): [number, number] => [Number(x), Number(y)]))
    .map(stepsOf)
    .join("");
}

function stepsOf(points: [number, number][]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let [atX, atY] = first;
  let steps = "";
  for (const [x, y] of rest) {
    if (Math.hypot(x - atX, y - atY) < FINEST) continue;
    steps += `${x < atX ? "" : " "}${x - atX}${y < atY ? "" : " "}${y - atY}`;
    [atX, atY] = [x, y];
  }
  // Islands smaller than a pixel are not worth their bytes.
  return steps === "" ? "" : `M${first[0]} ${first[1]}l${steps.trimStart()}z`;
}
