import { land } from "virtual:land";

import type { Point } from "./distance";

interface Spot {
  x: number;
  y: number;
}

/** Where a place is on the map: Natural Earth projection, Šavrič et al. 2011, as the continents are drawn. */
export function spotOf({ latitude, longitude }: Point): Spot {
  const [phi, lambda] = [radians(latitude), radians(longitude)];
  const phi2 = phi * phi;
  const phi4 = phi2 * phi2;
  const x = lambda * (0.8707 - 0.131979 * phi2 + phi4 * (-0.013791 + phi4 * (0.003971 * phi2 - 0.001529 * phi4)));
  const y = phi * (1.007226 + phi2 * (0.015085 + phi4 * (-0.044475 + 0.028874 * phi2 - 0.005916 * phi4)));
  return { x: land.x + land.scale * x, y: land.y - land.scale * y };
}

/** A bow between two spots, whose height grows with the distance, as an SVG path. */
export function bowOf(start: Spot, end: Spot): string {
  const length = Math.hypot(end.x - start.x, end.y - start.y);
  const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 - length * 0.28 };
  return `M${start.x} ${start.y}Q${middle.x} ${middle.y} ${end.x} ${end.y}`;
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
