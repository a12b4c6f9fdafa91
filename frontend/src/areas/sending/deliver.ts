import type { Problem } from "@/api/problem";
import { asProblem } from "@/api/problem";
import type { FileRequestDoor } from "@/api/sending";
import { assertReadable, mediaType, putBytes } from "@/api/uploads";
import { announcedHash } from "@/areas/uploads/sending/hash";
import type { Lanes } from "@/areas/uploads/sending/lanes";
import { sendParts } from "@/areas/uploads/sending/parts";
import { delayOf, sleep } from "@/areas/uploads/sending/patience";
import { hadArrived, type Way, wayLeft } from "@/areas/uploads/sending/way";

import type { BegunUploads } from "./memory";
import type { Sending } from "./sending";

/** Larger files come in parts, so that what breaks off can go on. */
const IN_PARTS_FROM = 16 * 1024 * 1024;
const MOST_ATTEMPTS = 8;

export interface Around {
  door: FileRequestDoor;
  begun: BegunUploads;
  lanes: Lanes;
  sender: () => string;
  /** The pass is over: whether another one was given. */
  renew: () => Promise<boolean>;
}

/** Brings a file to the nearest city, wherever it was left off; what cannot be helped is thrown. */
export async function deliver(one: Sending, around: Around, signal: AbortSignal): Promise<void> {
  await assertReadable(one.file);
  one.id ??= around.begun.find(one.file);
  for (let attempt = 1; ; attempt += 1) {
    const sentBefore = one.sent;
    try {
      await send(one, await findWay(one, around, signal), around, signal);
      one.state = "finishing";
      await around.door.complete(one.id ?? "", signal);
      around.begun.forget(one.file);
      return;
    } catch (reason) {
      signal.throwIfAborted();
      const problem = asProblem(reason);
      if (one.sent > sentBefore) attempt = 1;
      if (attempt >= MOST_ATTEMPTS || !(await canHelp(one, problem, around))) throw reason;
      await sleep(delayOf(attempt), signal);
    }
  }
}

async function canHelp(one: Sending, problem: Problem, around: Around): Promise<boolean> {
  if (problem.code === "WRONG_PASSWORD") return around.renew();
  if (problem.code === "UPLOAD_EXPIRED" || problem.code === "UPLOAD_NOT_FOUND") {
    one.id = null;
    return true;
  }
  const isOfCity = problem.code === "CITY_UNREACHABLE" || problem.code === "STORAGE_REFUSED";
  if (isOfCity && navigator.onLine && !one.isInParts) await leaveCity(one, around);
  return isOfCity || problem.passing || problem.code === "UPLOAD_INCOMPLETE";
}

/** The next attempt goes to another city; the room that was reserved is given back. */
async function leaveCity(one: Sending, around: Around): Promise<void> {
  if (one.server !== null) one.avoid.push(one.server);
  if (one.id !== null && !(await hadArrived(around.door.abort(one.id)))) one.id = null;
}

async function send(one: Sending, way: Way, { door, lanes }: Around, signal: AbortSignal): Promise<void> {
  one.state = "sending";
  const onProgress = (sent: number) => (one.sent = sent);
  if (way.kind === "parts") {
    const sign = (numbers: number[], ended: AbortSignal) => door.signParts(one.id ?? "", numbers, ended);
    await sendParts({ ...way, sign, file: one.file, server: null }, lanes, onProgress, signal);
  } else if (way.kind === "whole") {
    await lanes.run(() => putBytes(way, one.file, onProgress, signal), signal);
  }
  one.sent = one.file.size;
}

/** Goes on with what has begun, as far as it is there; else begins. */
async function findWay(one: Sending, around: Around, signal: AbortSignal): Promise<Way> {
  if (one.id !== null) {
    const way = await look(one.id, around, signal);
    if (way !== null) {
      one.isInParts ||= way.kind === "parts";
      return way;
    }
    if (await hadArrived(around.door.abort(one.id))) return { kind: "there" };
    one.id = null;
    around.begun.forget(one.file);
  }
  return begin(one, around, signal);
}

async function begin(one: Sending, around: Around, signal: AbortSignal): Promise<Way> {
  const { file } = one;
  const [sender, sha256] = [around.sender(), await announcedHash(file)];
  const wish = {
    name: file.name,
    size: file.size,
    content_type: mediaType(file.type),
    ...(sha256 !== null && { sha256 }),
    ...(sender !== "" && { sender }),
    ...(file.size > IN_PARTS_FROM && { parts: true }),
    ...(one.avoid.length > 0 && { avoid: one.avoid }),
  };
  const ticket = await around.door.start(wish, signal).catch((reason: unknown) => {
    if (asProblem(reason).code === "NO_SERVER") one.avoid = [];
    throw reason;
  });
  const { url = "", headers = {}, parts = [], part_size: partSize } = ticket;
  Object.assign(one, { id: ticket.id, server: ticket.server.name, isInParts: partSize !== undefined });
  if (partSize === undefined) return { kind: "whole", url, headers };
  around.begun.keep(file, ticket.id);
  return { kind: "parts", partSize, received: new Set(), links: parts };
}

/** What is left of an upload that has begun; null: nothing, it has to begin anew. */
async function look(id: string, { door }: Around, signal: AbortSignal): Promise<Way | null> {
  const found = await door.find(id, signal).catch((reason: unknown) => {
    if (asProblem(reason).code === "UPLOAD_NOT_FOUND") return null;
    throw reason;
  });
  return found === null ? null : wayLeft(found);
}
