import { land } from "virtual:land";

import type { Point } from "./distance";

export interface Spot {
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

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
