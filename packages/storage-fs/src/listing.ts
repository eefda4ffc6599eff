import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ListedObject } from "@hawser/core/plugin";
import { systemCode } from "./errors.ts";

/**
 * Walks the objects below a prefix in key order, holding the names of one folder of each level at a time. What
 * disappears during the walk is left out.
 */
export async function* walk(
  directory: string,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<ListedObject> {
  const cut = prefix.lastIndexOf("/") + 1;
  yield* walkFolder(directory, prefix.slice(0, cut), prefix.slice(cut), signal);
}

async function* walkFolder(
  directory: string,
  folder: string,
  start: string,
  signal: AbortSignal,
): AsyncGenerator<ListedObject> {
  for (const name of await namesIn(join(directory, folder), start)) {
    signal.throwIfAborted();
    if (name.endsWith("/")) {
      yield* walkFolder(directory, folder + name, "", signal);
      continue;
    }
    const stats = await lstat(join(directory, folder, name)).catch(missing);
    if (stats?.isFile()) yield { key: folder + name, sizeBytes: stats.size };
  }
}

/** Folders count with their slash, which is where their keys stand among their neighbours'. */
async function namesIn(path: string, start: string): Promise<string[]> {
  const entries: Dirent[] = (await readdir(path, { withFileTypes: true }).catch(missing)) ?? [];
  return entries
    .filter((entry) => !entry.name.startsWith(".") && entry.name.startsWith(start))
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort((a, b) => (a < b ? -1 : 1));
}

function missing(error: unknown): undefined {
  if (systemCode(error) !== "ENOENT" && systemCode(error) !== "ENOTDIR") throw error;
}
