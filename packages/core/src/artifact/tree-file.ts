import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { open } from "node:fs/promises";
import { artifactErrors } from "../errors/artifact-codes.ts";
import { type ScannedEntry, shown } from "./tree-scan.ts";

const chunkBytes = 1 << 20;

/** Files up to this size are read by `readSmall`. */
export const smallBytes: number = 1 << 17;

// NONBLOCK: a file replaced by a named pipe since the scan must not make the open wait for a writer.
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** All bytes of a small scanned file; what is not the file that was scanned, or changes meanwhile, is `HWS_ARTIFACT_CHANGED`. */
export const readSmall = (entry: ScannedEntry): Buffer => {
  const descriptor = openSmall(entry);
  try {
    if (!isAsScanned(entry.stats, fstatSync(descriptor))) throw changed(entry);
    const buffer = Buffer.allocUnsafe(entry.stats.size);
    let filled = 0;
    while (filled < buffer.length) {
      const bytesRead = readSync(descriptor, buffer, filled, buffer.length - filled, null);
      if (bytesRead === 0) throw changed(entry);
      filled += bytesRead;
    }
    if (!isAsScanned(entry.stats, fstatSync(descriptor))) throw changed(entry);
    return buffer;
  } finally {
    closeSync(descriptor);
  }
};

/** As `readSmall`, in chunks, for a file of any size. */
export async function* readChunks(entry: ScannedEntry): AsyncGenerator<Buffer> {
  const file = await open(entry.path, flags).catch((error: unknown) => {
    throw asChanged(entry, error);
  });
  try {
    if (!isAsScanned(entry.stats, await file.stat())) throw changed(entry);
    let left = entry.stats.size;
    while (left > 0) {
      const buffer = Buffer.allocUnsafe(Math.min(left, chunkBytes));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) throw changed(entry);
      left -= bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
    if (!isAsScanned(entry.stats, await file.stat())) throw changed(entry);
  } finally {
    await file.close();
  }
}

const changed = (entry: ScannedEntry) => artifactErrors.HWS_ARTIFACT_CHANGED([shown(entry.key)]);

const openSmall = (entry: ScannedEntry): number => {
  try {
    return openSync(entry.path, flags);
  } catch (error) {
    throw asChanged(entry, error);
  }
};

/** What cannot be opened since it is gone, or is of another type now, has changed since the scan. */
const asChanged = (entry: ScannedEntry, error: unknown): unknown =>
  ["ENOENT", "ENOTDIR", "ELOOP", "ENXIO"].includes((error as NodeJS.ErrnoException).code ?? "")
    ? changed(entry)
    : error;

/** The change time moves with every write and cannot be set back, and the size tells of what was appended. */
const isAsScanned = (then: Stats, now: Stats): boolean =>
  now.ino === then.ino &&
  now.dev === then.dev &&
  now.size === then.size &&
  now.mode === then.mode &&
  now.mtimeMs === then.mtimeMs &&
  now.ctimeMs === then.ctimeMs;
