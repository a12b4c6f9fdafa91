import { authorised, readJson, STORAGE } from "@/api/http";
import { asProblem, Problem } from "@/api/problem";
import type { Folder, Page } from "@/api/types";

const FOLDERS = `${STORAGE}/folders`;
const MOST = 200;

/** Makes the folders of a dropped tree, each once, when the first of its files needs it. */
export class FolderMaker {
  private readonly made = new Map<string, Promise<string | null>>();

  /** `onMade` hears of each folder that is new. */
  constructor(private readonly onMade: (folder: Folder) => void) {}

  /** The id of a path below a folder (null: the top); what is missing of it is made. */
  ensure(rootId: string | null, path: string): Promise<string | null> {
    if (path === "") return Promise.resolve(rootId);
    const key = keyOf(rootId, path);
    const known = this.made.get(key);
    if (known !== undefined) return known;
    const making = this.make(rootId, path);
    this.made.set(key, making);
    making.catch(() => this.made.delete(key));
    return making;
  }

  /** Somebody has deleted it meanwhile; whether there was something to forget. */
  forget(rootId: string | null, path: string): boolean {
    let found = false;
    for (let rest = path; rest !== ""; rest = parentOf(rest)) found = this.made.delete(keyOf(rootId, rest)) || found;
    return found;
  }

  private async make(rootId: string | null, path: string): Promise<string> {
    const parentId = await this.ensure(rootId, parentOf(path));
    const name = path.slice(path.lastIndexOf("/") + 1);
    try {
      const folder = await readJson<Folder>(
        authorised(FOLDERS, { method: "POST", body: { name, ...(parentId !== null && { parent_id: parentId }) } }),
      );
      this.onMade(folder);
      return folder.id;
    } catch (reason) {
      if (asProblem(reason).code === "FOLDER_EXISTS") return find(parentId, name);
      throw refusedAs(asProblem(reason));
    }
  }
}

async function find(parentId: string | null, name: string): Promise<string> {
  for (let cursor: string | null = null; ;) {
    const query: Record<string, string | number | null> = { parent_id: parentId, limit: MOST, cursor };
    const page: Page<Folder> = await readJson(authorised(FOLDERS, { query }));
    const found = page.items.find((folder) => folder.name.normalize() === name.normalize());
    if (found !== undefined) return found.id;
    if (page.next === null) throw new Problem("FOLDER_NOT_FOUND", 404);
    cursor = page.next;
  }
}

/** A name that a folder cannot have is not the fault of the file in it. */
function refusedAs(problem: Problem): Problem {
  const isRefused = problem.code === "FILE_EXISTS" || problem.status === 422;
  return isRefused ? new Problem("FOLDER_REFUSED", problem.status) : problem;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function keyOf(rootId: string | null, path: string): string {
  return `${rootId ?? ""}/${path}`;
}
