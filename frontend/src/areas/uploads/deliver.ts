import { asProblem } from "@/api/problem";
import type { UploadTicket } from "@/api/types";
import { abortUpload, assertReadable, completeUpload, putBytes, startUpload } from "@/api/uploads";
import type { useFiles } from "@/areas/files/store";

import { SpeedMeter } from "./speed";
import { change, type Upload } from "./upload";

type Files = ReturnType<typeof useFiles>;

/** Asks where to send the bytes and sends them; asked again, the server may choose another city. */
export async function deliver(upload: Upload, files: Files, signal: AbortSignal, onTicket: () => void): Promise<void> {
  await giveBack(upload, files);
  change(upload, { state: "preparing", sent: 0, speed: 0, problem: null });
  await assertReadable(upload.file);
  const ticket = await startElsewhere(upload, signal);
  change(upload, {
    state: "sending",
    ticket: ticket.id,
    fileId: ticket.file.id,
    server: ticket.server.name,
    distanceKm: ticket.distance_km,
    mayReplace: true,
  });
  onTicket();
  files.put(ticket.file);
  const meter = new SpeedMeter();
  const onProgress = (sent: number) => change(upload, { sent, speed: meter.sample(sent) });
  await putBytes(ticket, upload.file, onProgress, signal).catch((reason: unknown) => {
    if (asProblem(reason).passing) upload.avoid.push(ticket.server.name);
    throw reason;
  });
  change(upload, { isDelivered: true, sent: upload.file.size });
}

/** Leaves out the cities that failed, unless no other is left: they may be back by now. */
async function startElsewhere(upload: Upload, signal: AbortSignal): Promise<UploadTicket> {
  try {
    return await startUpload(upload.file, upload.name, upload.avoid, signal);
  } catch (reason) {
    if (asProblem(reason).code !== "NO_SERVER" || upload.avoid.length === 0) throw reason;
    upload.avoid = [];
    return startUpload(upload.file, upload.name, [], signal);
  }
}

/** Has the arrived bytes looked at; the cities of the copies are told by live events. */
export async function confirm(upload: Upload, files: Files): Promise<void> {
  upload.state = "finishing";
  if (upload.ticket === null) return;
  const file = await completeUpload(upload.ticket);
  files.putAnswer(file);
  files.look(file.id);
}

/** Frees the place reserved for bytes that did not arrive; the server would do so later by itself. */
export async function giveBack(upload: Upload, files: Files): Promise<void> {
  if (upload.ticket === null) return;
  const { ticket, fileId } = upload;
  change(upload, { ticket: null, fileId: null });
  await abortUpload(ticket).catch(() => undefined);
  if (fileId !== null) await files.refetch(fileId);
}
