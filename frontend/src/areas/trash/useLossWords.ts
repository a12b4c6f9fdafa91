import { useI18n } from "vue-i18n";

import { listInTrashedFolder } from "@/api/trash";
import type { Usage } from "@/api/types";
import { formatSize } from "@/kit/formats";

import type { Entry } from "./entries";

/** What is lost for good, in numbers. */
export function useLossWords() {
  const { t, locale } = useI18n();
  const sizeOf = (bytes: number) => formatSize(bytes, locale.value);

  async function ofEntry(entry: Entry): Promise<string> {
    return entry.kind === "file" ? ofFile(entry) : ofFolder(entry);
  }

  function ofFile({ name, size, versions }: Entry): string {
    const key = versions > 1 ? "trash.deleting.oldVersions" : "trash.deleting.fileText";
    return t(key, { name, size: sizeOf(size ?? 0), count: versions });
  }

  async function ofFolder({ id, name }: Entry): Promise<string> {
    const { items, next } = await listInTrashedFolder(id);
    const files = t("trash.files", items.length);
    if (next !== null) return t("trash.deleting.fullFolder", { name, files });
    if (items.length === 0) return t("trash.deleting.emptyFolder", { name });
    const bytes = items.reduce((sum, { size }) => sum + size, 0);
    return t("trash.deleting.folderText", { name, files, size: sizeOf(bytes) });
  }

  function ofAll({ trashed_files, trashed_bytes }: Usage): string {
    if (trashed_files === 0) return t("trash.emptying.folders");
    return t("trash.emptying.text", { files: t("trash.files", trashed_files), size: sizeOf(trashed_bytes) });
  }

  return { ofEntry, ofAll };
}
