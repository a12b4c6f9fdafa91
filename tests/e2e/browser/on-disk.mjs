// What a browser has written into its profile, and how much memory its processes take.

import { execFile } from "node:child_process";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const MIB = 1024 * 1024;
const LOOK_MS = 500;
const MOST_LOOKS = 12;

/** The largest file below a folder: among the files of a browser, what was downloaded. */
export async function largestIn(folder) {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = names.filter((one) => one.isFile()).map((one) => join(one.parentPath ?? one.path, one.name));
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path).catch(() => ({ size: 0 }))).size));
  return paths[sizes.indexOf(Math.max(...sizes))];
}

export async function unpack(zip, folder) {
  await promisify(execFile)("python3", ["-m", "zipfile", "-e", zip, folder]);
}

/** Looks at the memory of a page, and of all processes of its browser, until it is stopped. */
export async function watchMemory(page, profile) {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const [heap, all] = [[], []];
  const look = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    heap.push(metrics.find(({ name }) => name === "JSHeapUsedSize").value / MIB);
    all.push(await residentMib(profile));
  };
  await look();
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_MS);
  // A journey that fails does not wait for it.
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      return { looks: heap.length, heap_mib: thinned(heap), browser_mib: thinned(all) };
    },
  };
}

async function residentMib(profile) {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const sizes = await Promise.all(
    ids.map(async (id) => {
      const told = await readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "");
      if (!told.includes(profile)) return 0;
      const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
      return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The most of each of a dozen stretches. */
function thinned(seen) {
  const length = Math.ceil(seen.length / MOST_LOOKS);
  const stretches = Array.from({ length: Math.ceil(seen.length / length) }, (_, at) =>
    seen.slice(at * length, (at + 1) * length),
  );
  return stretches.map((stretch) => Math.round(Math.max(...stretch)));
}
