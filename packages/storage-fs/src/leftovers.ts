import { lstat, readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { Layout } from "./layout.ts";

/**
 * Nobody writes to a body or holds a claim for so long without touching it. A stopped process that comes back later
 * finds its files gone and fails, which is safe.
 */
const abandonedAfterMs = 60 * 60 * 1000;

/** Removes what killed processes left behind. Whatever cannot be removed now is left for the next time. */
export async function sweepLeftovers(layout: Layout): Promise<void> {
  for (const folder of [layout.parts, layout.claims, layout.trash]) {
    for (const name of await readdir(folder).catch((): string[] => [])) {
      const path = join(folder, name);
      const stats = await lstat(path).catch(() => undefined);
      if (stats === undefined || Date.now() - stats.mtimeMs < abandonedAfterMs) continue;
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
    }
  }
  // Only the empty ones go: a directory with a token in it is somebody's turn.
  for (const name of await readdir(layout.locks).catch((): string[] => [])) {
    await rmdir(join(layout.locks, name)).catch(() => undefined);
  }
}
