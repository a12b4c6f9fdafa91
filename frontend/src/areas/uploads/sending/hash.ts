/** A larger file would be held in memory to hash it; the service hashes it on its first copy. */
export const MOST_HASHED_BYTES = 64 * 1024 * 1024;
/** Of these, several may be in memory at once. */
const SMALL_BYTES = 1024 * 1024;

const known = new WeakMap<Blob, Promise<string | null>>();
let last: Promise<unknown> = Promise.resolve();

/**
 * SHA-256 of a file, to be announced before it is sent, so that what is damaged on the way is seen.
 * Null where it is too large, or where the page may not hash (plain HTTP). The browser hashes beside
 * the page's own thread; one large file at a time is in memory for it.
 */
export function announcedHash(file: Blob): Promise<string | null> {
  if (file.size > MOST_HASHED_BYTES) return Promise.resolve(null);
  const hash = known.get(file) ?? (file.size <= SMALL_BYTES ? sha256Of(file) : inTurn(() => sha256Of(file)));
  known.set(file, hash);
  return hash;
}

/** What was announced did not arrive: the file is read again before the next attempt. */
export function forgetHash(file: Blob): void {
  known.delete(file);
}

/** In hexadecimal; null where the page may not hash. */
export async function sha256Of(bytes: Blob): Promise<string | null> {
  const subtle = (crypto as Partial<Crypto>).subtle;
  if (subtle === undefined) return null;
  const hash = new Uint8Array(await subtle.digest("SHA-256", await bytes.arrayBuffer()));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = last.then(work);
  last = turn.catch(() => undefined);
  return turn;
}
