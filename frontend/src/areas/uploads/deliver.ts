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
  const ticket = await startUpload(upload.file, upload.name, signal);
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
  await putBytes(ticket, upload.file, onProgress, signal);
  change(upload, { isDelivered: true, sent: upload.file.size });
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
