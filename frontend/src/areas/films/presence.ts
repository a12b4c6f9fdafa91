import { searchFilms } from "@/api/films";

/** Whether there is a films service here that answers. */
export async function answers(): Promise<boolean> {
  try {
    await searchFilms("", null, 1);
    return true;
  } catch {
    return false;
  }
}
