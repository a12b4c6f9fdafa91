import { asProblem, Problem } from "@/api/problem";
import type { StoredFile } from "@/api/types";
import { assertReadable, completeUpload, putBytes, signParts } from "@/api/uploads";

import { change, type Upload, type UploadState } from "../upload";
import { begin, giveBack, type GivenBack, look } from "./begin";
import type { FolderMaker } from "./folders";
import { forgetHash } from "./hash";
import type { Lanes } from "./lanes";
import type { SignParts } from "./links";
import { sendParts } from "./parts";
import { SpeedMeter } from "./speed";
import type { Way } from "./way";

/** What an upload needs of the page around it. */
export interface Around {
  lanes: Lanes;
  folders: () => FolderMaker;
  /** A city that is known not to answer. */
  isAway: (server: string) => boolean;
  /** Whether there is a city beside these that may take files. */
  hasOther: (servers: string[]) => boolean;
  onBegun: (upload: Upload, file: StoredFile) => Promise<void>;
  onGivenBack: (file: GivenBack) => void;
  /** The bytes are there; others may be sent while it is confirmed. */
  onDelivered: () => void;
}

const LONGEST_PATIENCE_MS = 300_000;
/** The same attempt is not made for ever: a person may know better. */
const MOST_ROUNDS = 12;
/** A city that is there, but takes nothing from here so many times, is left. */
const MOST_STRIKES = 3;

/**
 * Brings a file to a city, wherever it was left off; what cannot be helped here is thrown.
 * Without the file, which is not at hand any more, what has arrived is confirmed.
 */
export async function deliver(
  upload: Upload,
  file: File | null,
  around: Around,
  signal: AbortSignal,
): Promise<StoredFile> {
  if (file === null) return confirm(upload, around, signal);
  await assertReadable(file);
  for (let round = 1, strikes = 0; ; round += 1) {
    const sentBefore = upload.sent;
    try {
      if (!upload.isDelivered) await sendRest(upload, file, around, signal);
      return await confirm(upload, around, signal);
    } catch (reason) {
      signal.throwIfAborted();
      if (round >= MOST_ROUNDS) throw reason;
      if (upload.sent > sentBefore && !isWasted(reason)) strikes = 0;
      await help(upload, file, reason, (strikes += 1), around, signal);
    }
  }
}

/** Not every wait ends with the signal: what was paused meanwhile stays so. */
function enter(upload: Upload, state: UploadState, signal: AbortSignal): void {
  signal.throwIfAborted();
  upload.state = state;
}

function confirm(upload: Upload, around: Around, signal: AbortSignal): Promise<StoredFile> {
  enter(upload, "finishing", signal);
  around.onDelivered();
  return completeUpload(upload.ticket ?? "", signal);
}

async function sendRest(upload: Upload, file: File, around: Around, signal: AbortSignal): Promise<void> {
  enter(upload, "preparing", signal);
  change(upload, { speed: 0, problem: null });
  const way = await findWay(upload, file, around, signal);
  enter(upload, "sending", signal);
  const meter = new SpeedMeter(upload.sent);
  const onProgress = (sent: number) => {
    if (sent > upload.sent) upload.failingSince = null;
    change(upload, { sent, speed: meter.sample(sent) });
  };
  if (way.kind === "parts") {
    const { partSize, received, links } = way;
    const sign: SignParts = (numbers, ended) => signParts(upload.ticket ?? "", numbers, ended);
    await sendParts({ sign, file, server: upload.server, partSize, received, links }, around.lanes, onProgress, signal);
  } else if (way.kind === "whole") {
    await around.lanes.run(() => putBytes({ ...way, server: upload.server }, file, onProgress, signal), signal);
  }
  change(upload, { isDelivered: true, sent: file.size });
}

/** Goes on with what has begun, as far as it is there; else begins. */
async function findWay(upload: Upload, file: File, around: Around, signal: AbortSignal): Promise<Way> {
  if (upload.ticket !== null) {
    const way = await look(upload.ticket, signal);
    if (way !== null) return way;
    await giveUp(upload, around);
    if (upload.isDelivered) return { kind: "there" };
  }
  const [ticket, way] = await begin(upload, file, around.folders(), signal);
  await around.onBegun(upload, ticket.file);
  return way;
}

/** Does about a failure what can be done at once; throws what has to wait, or to be told. */
async function help(
  upload: Upload,
  file: File,
  reason: unknown,
  strikes: number,
  around: Around,
  signal: AbortSignal,
): Promise<void> {
  const problem = asProblem(reason);
  // Parts that are missing, or lost, are sent again.
  if (upload.isInParts && (problem.code === "UPLOAD_INCOMPLETE" || problem.code === "UPLOAD_EXPIRED")) {
    upload.isDelivered = false;
    return;
  }
  // Damaged on the way, changed meanwhile, or sent to a city that was removed: it is read and sent anew, once.
  if (isWasted(problem) && strikes === 1) {
    forgetHash(file);
    await assertReadable(file);
    return giveUp(upload, around);
  }
  if (!isOfCity(problem)) throw reason;
  await assertReadable(file);
  if (!navigator.onLine) throw new Problem("UNREACHABLE", 0);
  if (isAway(upload, around)) return move(upload, around, reason);
  // What has arrived is only being checked; the city may be busy.
  if (upload.isDelivered) throw reason;
  // Whoever cannot reach the service either has lost the network, not the city.
  if (problem.code !== "STORE_UNAVAILABLE" && (await isCityThere(upload, signal))) {
    if (upload.isInParts && strikes < MOST_STRIKES) return;
    if (!upload.isInParts && strikes === 1 && problem.status === 403) return giveUp(upload, around);
  }
  await move(upload, around, reason);
}

/** Asks the service, which asks the city; throws when it cannot be asked. */
async function isCityThere(upload: Upload, signal: AbortSignal): Promise<boolean> {
  try {
    if (upload.ticket !== null) await look(upload.ticket, signal);
    return true;
  } catch (reason) {
    if (asProblem(reason).code === "STORE_UNAVAILABLE") return false;
    throw reason;
  }
}

/** Begins anew in the next city. Where much has been sent, a city is waited for a while before that. */
async function move(upload: Upload, around: Around, reason: unknown): Promise<void> {
  const { server } = upload;
  upload.failingSince ??= Date.now();
  const isPatient = asProblem(reason).passing && Date.now() - upload.failingSince < patienceMs(upload);
  if (isPatient || server === null || !around.hasOther([...upload.avoid, server])) throw reason;
  await giveUp(upload, around);
  change(upload, { failingSince: null });
  upload.avoid.push(server);
}

/** A quarter of the time it would take to send again what is there. */
function patienceMs({ isInParts, sent, speed }: Upload): number {
  return isInParts && speed > 0 ? Math.min(LONGEST_PATIENCE_MS, (250 * sent) / speed) : 0;
}

/** Gives it back, and says so; `isDelivered` afterwards: it had arrived after all. */
export async function giveUp(upload: Upload, around: Around): Promise<void> {
  const file = await giveBack(upload);
  if (file !== null) around.onGivenBack(file);
}

function isAway({ server }: Upload, around: Around): boolean {
  return server !== null && around.isAway(server);
}

function isWasted(reason: unknown): boolean {
  return ["CHECKSUM_MISMATCH", "UPLOAD_EXPIRED"].includes(asProblem(reason).code);
}

function isOfCity({ code }: Problem): boolean {
  return code === "CITY_UNREACHABLE" || code === "STORAGE_REFUSED" || code === "STORE_UNAVAILABLE";
}
