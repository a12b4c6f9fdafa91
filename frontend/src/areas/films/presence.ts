import { isFilmsThere } from "@/api/films";

/** Whether there is a films service here; where that cannot be asked, there is none. */
export async function answers(): Promise<boolean> {
  return isFilmsThere().catch(() => false);
}
