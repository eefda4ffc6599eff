import type { BigIntStats } from "node:fs";
import { stat, utimes } from "node:fs/promises";

/**
 * An object's etag: the time its bytes were written, to the nanosecond the file system keeps, its length and its
 * inode. It costs one stat however large the object is. Inodes are used again, and two writes may fall into one tick
 * of the kernel's clock; so every writer makes its time later than that of the object it replaces (`outdate`), and a
 * key never has the same etag for different bytes.
 */
export function etagOf(stats: BigIntStats): string {
  return [stats.mtimeNs, stats.size, stats.ino].map((number) => number.toString(36)).join("-");
}

// Coarser and coarser, for file systems that keep whole seconds or only every second one.
const stepsMs = [1, 1000, 2000] as const;

/** Makes the file at `path` younger than the object that it is about to replace, and tells its stat. */
export async function outdate(path: string, replaced: BigIntStats | undefined): Promise<BigIntStats> {
  let stats = await stat(path, { bigint: true });
  for (const stepMs of stepsMs) {
    if (replaced === undefined || stats.mtimeNs > replaced.mtimeNs) break;
    const seconds = (Number(replaced.mtimeNs / 1_000_000n) + stepMs) / 1000;
    await utimes(path, seconds, seconds);
    stats = await stat(path, { bigint: true });
  }
  return stats;
}
