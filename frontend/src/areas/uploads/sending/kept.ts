import { toRaw } from "vue";

import { randomId } from "@/api/random";
import { recall, remember } from "@/kit/remember";

import { KEPT } from "../store";
import type { Memory, Upload } from "../upload";

/** What is remembered of an upload beyond the page: all but the bytes. */
export interface Kept {
  id: string;
  owner: string;
  tab: string;
  upload: Memory;
  /** Hash of the ends of the file, once parts of it may have been sent. */
  ends: string | null;
  keptAt: number;
}

const DATABASE = "meridian";
const STORE = "uploads";
const LOCK = "meridian.uploads.";
/** The service forgets an upload that nobody has asked about for a week. */
const LONGEST_MS = 7 * 86_400_000;

/** This page, among those of the same browser: its lock is held as long as it is open. */
const tab = nameOfTab();

export function keptOf(upload: Upload, owner: string, ends: string | null): Kept {
  const { id, name, fileName, size, type, lastModified, folderId, path, over, onConflict } = upload;
  const { ticket, isInParts, fileId, isNewFile, server, distanceKm, avoid, handle } = upload;
  const file = { id, name, fileName, size, type, lastModified, handle: toRaw(handle) };
  const memory = {
    ...file,
    folderId,
    path,
    over,
    onConflict,
    ticket,
    isInParts,
    fileId,
    isNewFile,
    server,
    distanceKm,
    avoid: [...avoid],
  };
  return { id, owner, tab, upload: memory, ends, keptAt: Date.now() };
}

export async function keep(records: Kept[]): Promise<void> {
  if (records.length === 0) return;
  remember(KEPT, "1");
  await change((store) => {
    for (const record of records) put(store, record);
  });
}

export async function drop(id: string): Promise<void> {
  if (recall(KEPT) === null) return;
  await change((store) => {
    store.delete(id);
    const left = store.count();
    left.onsuccess = () => left.result === 0 && remember(KEPT, null);
  });
}

/** What pages that are no longer open have left of this person's uploads; from now on it is ours. */
export async function adopt(owner: string, known: Set<string>): Promise<Kept[]> {
  const found: Kept[] = [];
  const isOpen = await openTabs();
  await change((store) => {
    const all = store.getAll() as IDBRequest<Kept[]>;
    all.onsuccess = () => {
      for (const record of all.result) {
        if (Date.now() - record.keptAt > LONGEST_MS) store.delete(record.id);
        else if (record.owner === owner && !known.has(record.id) && !isOpen(record.tab)) {
          found.push(record);
          put(store, { ...record, tab });
        }
      }
    };
  });
  return found;
}

/** Handles cannot be written down everywhere; the rest is worth keeping all the same. */
function put(store: IDBObjectStore, record: Kept): void {
  try {
    store.put(record);
  } catch {
    store.put({ ...record, upload: { ...record.upload, handle: null } });
  }
}

type Act = (store: IDBObjectStore) => void;
let waiting: Act[] = [];
let running: Promise<void> = Promise.resolve();
let next: Promise<void> | null = null;

/** Does something in a transaction, with all that came while the one before was written down. */
function change(act: Act): Promise<void> {
  waiting.push(act);
  next ??= running.then(() => {
    const acts = waiting;
    [waiting, next] = [[], null];
    return (running = write(acts));
  });
  return next;
}

/** A browser that keeps nothing forgets, no harm done. */
async function write(acts: Act[]): Promise<void> {
  try {
    const database = await open();
    await new Promise<void>((resolve, reject) => {
      const transaction = database.transaction(STORE, "readwrite");
      transaction.oncomplete = () => resolve();
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("not kept"));
      for (const act of acts) act(transaction.objectStore(STORE));
    });
  } catch {
    remember(KEPT, null);
  }
}

let opening: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  return (opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error("no database"));
  }));
}

/** Tells the pages that are open; where a browser has no locks, only what this one has left counts. */
async function openTabs(): Promise<(name: string) => boolean> {
  const locks = (navigator as Partial<Navigator>).locks ?? undefined;
  if (locks === undefined) return (name) => name !== tab;
  const held = new Set((await locks.query()).held?.map(({ name }) => name));
  return (name) => name !== tab && held.has(LOCK + name);
}

function nameOfTab(): string {
  const locks = (navigator as Partial<Navigator>).locks ?? undefined;
  if (locks === undefined) return nameOfSession();
  const name = randomId();
  void locks.request(LOCK + name, () => new Promise(() => undefined));
  return name;
}

function nameOfSession(): string {
  try {
    const name = sessionStorage.getItem(LOCK) ?? randomId();
    sessionStorage.setItem(LOCK, name);
    return name;
  } catch {
    return randomId();
  }
}
