import { authorised, readJson, STORAGE } from "./http";
import type { Usage } from "./types";

export function readUsage(): Promise<Usage> {
  return readJson(authorised(`${STORAGE}/usage`));
}
