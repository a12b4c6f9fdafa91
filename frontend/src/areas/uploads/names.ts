import { listFiles } from "@/api/files";
import type { useFiles } from "@/areas/files/store";

const MOST = 200;

/** Whether there is a file of this name already; asked of the server only where the page cannot know. */
export async function isTaken(name: string, files: ReturnType<typeof useFiles>, signal: AbortSignal): Promise<boolean> {
  const same = (other: { name: string }) => other.name.normalize() === name.normalize();
  if ([...files.byId.values()].some((file) => file.trashed_at === null && file.folder_id === null && same(file)))
    return true;
  if (files.isWhole()) return false;
  const page = await listFiles({ q: name, folder: "/", limit: MOST }, signal);
  for (const file of page.items) files.byId.set(file.id, file);
  return page.items.some(same);
}

/** `report.pdf` → `report (2).pdf` */
export function numbered(name: string, number: number): string {
  const dot = name.lastIndexOf(".");
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  return `${stem} (${number})${ending}`;
}
