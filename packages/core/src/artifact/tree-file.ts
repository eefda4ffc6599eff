import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { artifactErrors } from "../errors/artifact-codes.ts";
import { type ScannedEntry, shown } from "./tree-scan.ts";

const chunkBytes = 1 << 20;

/** Files up to this size are read whole, many at once; larger ones in chunks, one at a time. */
export const wholeBytes: number = chunkBytes;

/** A scanned file's bytes. What is not the file that was scanned, or changes meanwhile, is `HWS_ARTIFACT_CHANGED`. */
export const readWhole = async (entry: ScannedEntry): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of readChunks(entry)) chunks.push(chunk);
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
};

/** As `readWhole`, in chunks. */
export async function* readChunks(entry: ScannedEntry): AsyncGenerator<Buffer> {
  const changed = () => artifactErrors.HWS_ARTIFACT_CHANGED([shown(entry.key)]);
  // NONBLOCK: a file replaced by a named pipe since the scan must not make the open wait for a writer.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(entry.path, flags).catch((error: NodeJS.ErrnoException) => {
    throw ["ENOENT", "ELOOP", "ENXIO", "ENOTDIR"].includes(error.code ?? "") ? changed() : error;
  });
  try {
    let left = entry.stats.size;
    while (left > 0) {
      const buffer = Buffer.allocUnsafe(Math.min(left, chunkBytes));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) throw changed();
      left -= bytesRead;
      yield bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead);
    }
    if (!(await isAsScanned(file, entry))) throw changed();
  } finally {
    await file.close();
  }
}

/** The change time moves with every write and cannot be set back, and the size tells of what was appended. */
const isAsScanned = async (file: FileHandle, { stats }: ScannedEntry): Promise<boolean> => {
  const now = await file.stat();
  return (
    now.ino === stats.ino &&
    now.dev === stats.dev &&
    now.size === stats.size &&
    now.mtimeMs === stats.mtimeMs &&
    now.ctimeMs === stats.ctimeMs &&
    now.mode === stats.mode
  );
};
