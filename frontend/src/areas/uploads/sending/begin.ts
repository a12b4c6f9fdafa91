import { asProblem } from "@/api/problem";
import { randomId } from "@/api/random";
import type { UploadTicket, UploadWish } from "@/api/types";
import { abortUpload, getUpload, mediaType, startUpload } from "@/api/uploads";

import { change, type Upload } from "../upload";
import type { FolderMaker } from "./folders";
import { announcedHash } from "./hash";
import { hadArrived, type Way, wayLeft } from "./way";

/** Answers that got lost are asked for again under the same key, as long as the same is asked. */
const keys = new WeakMap<Upload, { body: string; key: string }>();

/** Asks where to send the bytes; the service reserves the name. */
export async function begin(
  upload: Upload,
  file: File,
  folders: FolderMaker,
  signal: AbortSignal,
): Promise<[UploadTicket, Way]> {
  const sha256 = await announcedHash(file);
  const ticket = await startSomewhere(upload, sha256, folders, signal);
  keys.delete(upload);
  const { url, headers = {}, parts, part_size: partSize } = ticket;
  change(upload, {
    ticket: ticket.id,
    isInParts: partSize !== undefined,
    fileId: ticket.file.id,
    isNewFile: ticket.file.versions === 0,
    server: ticket.server.name,
    distanceKm: ticket.distance_km,
    // The name is ours by now, also if it has to be asked for again elsewhere.
    name: ticket.file.name,
    onConflict: "version",
    isDelivered: false,
  });
  if (partSize === undefined) return [ticket, { kind: "whole", url: url ?? "", headers }];
  return [ticket, { kind: "parts", partSize, received: new Set(), links: parts ?? [] }];
}

/** Leaves out the cities that failed, unless no other is left: they may be back by now. */
async function startSomewhere(
  upload: Upload,
  sha256: string | null,
  folders: FolderMaker,
  signal: AbortSignal,
): Promise<UploadTicket> {
  try {
    return await start(upload, sha256, folders, signal);
  } catch (reason) {
    const { code } = asProblem(reason);
    if (code === "NO_SERVER" && upload.avoid.length > 0) upload.avoid = [];
    else if (code === "FOLDER_NOT_FOUND" && folders.forget(upload.folderId, upload.path)) keys.delete(upload);
    else throw reason;
    return start(upload, sha256, folders, signal);
  }
}

async function start(
  upload: Upload,
  sha256: string | null,
  folders: FolderMaker,
  signal: AbortSignal,
): Promise<UploadTicket> {
  const folder = upload.over ? null : await folders.ensure(upload.folderId, upload.path);
  const wish: UploadWish = {
    name: upload.name,
    size: upload.size,
    content_type: mediaType(upload.type),
    ...(upload.over ? { file_id: upload.over } : { on_conflict: upload.onConflict }),
    ...(sha256 !== null && { sha256 }),
    ...(folder !== null && { folder_id: folder }),
    ...(upload.avoid.length > 0 && { avoid: upload.avoid }),
  };
  return startUpload(wish, keyFor(upload, JSON.stringify(wish)), signal);
}

function keyFor(upload: Upload, body: string): string {
  const known = keys.get(upload);
  if (known?.body === body) return known.key;
  const key = randomId();
  keys.set(upload, { body, key });
  return key;
}

/** What is left of an upload that has begun before; null: nothing, it has to begin anew. */
export async function look(ticket: string, signal: AbortSignal): Promise<Way | null> {
  const found = await getUpload(ticket, signal).catch((reason: unknown) => {
    if (asProblem(reason).status === 404) return null;
    throw reason;
  });
  return found === null ? null : wayLeft(found);
}

/** A file without the upload that was given up; `isGone`: nothing is left of it. */
export interface GivenBack {
  fileId: string;
  isGone: boolean;
}

/**
 * Frees the place reserved for bytes that did not arrive; the server would do so later by itself.
 * What had arrived after all stays, and is delivered.
 */
export async function giveBack(upload: Upload): Promise<GivenBack | null> {
  if (upload.ticket === null) return null;
  const { ticket, fileId, isNewFile } = upload;
  change(upload, { ticket: null, fileId: null, isDelivered: false, sent: 0 });
  const isHere = await hadArrived(abortUpload(ticket));
  // Another may have been begun meanwhile.
  if (isHere && upload.ticket === null) change(upload, { ticket, fileId, isDelivered: true, sent: upload.size });
  return fileId === null ? null : { fileId, isGone: isNewFile && !isHere };
}
