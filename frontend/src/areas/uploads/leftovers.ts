import { abortUpload } from "@/api/uploads";

/** Uploads that leaving or reloading the page has cut off; what they had reserved is given back. */
const KEY = "meridian.uploads";

interface Note {
  tickets: string[];
  /** The page has been left since: without it, this is a copy of a tab that still uploads. */
  isLeft: boolean;
}

export function note(tickets: string[]): void {
  write({ tickets, isLeft: false });
}

export function noteLeaving(): void {
  const { tickets } = read();
  if (tickets.length > 0) write({ tickets, isLeft: true });
}

/** Gives back what was cut off; says how many that were. */
export async function clearLeftovers(): Promise<number> {
  const { tickets, isLeft } = read();
  if (!isLeft) return 0;
  write({ tickets: [], isLeft: false });
  await Promise.all(tickets.map((ticket) => abortUpload(ticket).catch(() => undefined)));
  return tickets.length;
}

function read(): Note {
  try {
    const { tickets = [], isLeft = false } = JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Partial<Note>;
    return { tickets, isLeft };
  } catch {
    return { tickets: [], isLeft: false };
  }
}

function write(noted: Note): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(noted));
  } catch {
    // The server gives the place back by itself, later.
  }
}
