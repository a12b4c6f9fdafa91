/** Small choices kept in this browser; a browser that refuses storage just forgets them. */
const PREFIX = "meridian.";

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Whether anything is kept at all; where not, nothing follows from finding nothing. */
export function canRemember(): boolean {
  try {
    return localStorage.length >= 0;
  } catch {
    return false;
  }
}

export function remember(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // Forgotten at the next visit, no harm done.
  }
}
