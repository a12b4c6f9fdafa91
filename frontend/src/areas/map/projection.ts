import { land } from "virtual:land";

import type { Point } from "./distance";

/** What is drawn on is so large; it is shown as large as there is room. */
export const WIDTH = 640;
export const HEIGHT = 300;

interface Spot {
  x: number;
  y: number;
}

/** Where a place is on the map: Natural Earth projection, Šavrič et al. 2011, as the continents are drawn. */
export function spotOf({ latitude, longitude }: Point): Spot {
  const phi = radians(latitude);
  return { x: land.x + land.scale * radians(longitude) * widthAt(phi), y: land.y - land.scale * heightAt(phi) };
}

/** Which place is drawn at a spot: the latitude is found by halving, for its height only ever grows. */
export function placeAt({ x, y }: Spot): Point {
  const height = (land.y - y) / land.scale;
  let [low, high] = [-Math.PI / 2, Math.PI / 2];
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2;
    if (heightAt(middle) < height) low = middle;
    else high = middle;
  }
  const lambda = (x - land.x) / land.scale / widthAt(low);
  const longitude = Math.max(-180, Math.min(180, degrees(lambda)));
  return { latitude: degrees(low), longitude };
}

/** How wide a radian of longitude is. */
function widthAt(phi: number): number {
  const phi2 = phi * phi;
  const phi4 = phi2 * phi2;
  return 0.8707 - 0.131979 * phi2 + phi4 * (-0.013791 + phi4 * (0.003971 * phi2 - 0.001529 * phi4));
}

function heightAt(phi: number): number {
  const phi2 = phi * phi;
  const phi4 = phi2 * phi2;
  return phi * (1.007226 + phi2 * (0.015085 + phi4 * (-0.044475 + 0.028874 * phi2 - 0.005916 * phi4)));
}

/** A bow between two spots, whose height grows with the distance, as an SVG path. */
export function bowOf(start: Spot, end: Spot): string {
  const length = Math.hypot(end.x - start.x, end.y - start.y);
  const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 - length * 0.28 };
  return `M${start.x} ${start.y}Q${middle.x} ${middle.y} ${end.x} ${end.y}`;
}

function radians(angle: number): number {
  return (angle * Math.PI) / 180;
}

function degrees(angle: number): number {
  return (angle * 180) / Math.PI;
}
