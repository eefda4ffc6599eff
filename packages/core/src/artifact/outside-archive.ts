import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { addAbortSignal } from "node:stream";
import type { OperationContext } from "../contracts/common.ts";
import type { ArchiveFormat, OpenedArchive } from "../contracts/source.ts";
import { artifactErrors } from "../errors/artifact-codes.ts";
import { type ArchiveLimits, ArchiveMeter, defaultLimits } from "./archive-limits.ts";
import { ByteReader } from "./byte-reader.ts";
import { gunzip, isGzipError } from "./gunzip.ts";
import { writeOutsideTree } from "./outside-writer.ts";
import { unzstd } from "./zstd-command.ts";

export type { ArchiveLimits } from "./archive-limits.ts";

export interface UnpackRequest {
  readonly archive: OpenedArchive;
  /** Empty, and it exists. */
  readonly directory: string;
  readonly limits?: Partial<ArchiveLimits>;
}

/**
 * The one reader of archives from outside.
 * - One member against the rules refuses the whole archive, and the directory is empty again.
 * - Nothing is written outside the directory, whatever the archive holds: links are made last, when all are known.
 * - Owners, times, extended attributes and all bits but the owner's `x` are dropped.
 */
export const unpackArchive = async (request: UnpackRequest, context: OperationContext): Promise<void> => {
  const { archive, directory } = request;
  const limits = { ...defaultLimits, ...request.limits };
  const decompress = archive.format === "zip" ? undefined : decompressors[archive.format];
  // Its error is thrown where it is read; until then nobody listens, and that would end the process.
  archive.stream.on("error", () => {});
  try {
    if (decompress === undefined) throw artifactErrors.HWS_ARCHIVE_FORMAT([archive.format]);
    if ((await readdir(directory)).length > 0) throw artifactErrors.HWS_ARCHIVE_DIRECTORY([directory]);
  } catch (error) {
    archive.stream.destroy();
    throw error;
  }
  const meter = new ArchiveMeter(limits);
  const packed = addAbortSignal(context.signal, archive.stream);
  const chunks = meter.unpacked(decompress(meter.packed(packed)));
  try {
    const strip = archive.stripComponents ?? 0;
    await writeOutsideTree({ bytes: new ByteReader(chunks), directory, strip, limits, meter }, context);
  } catch (error) {
    await empty(directory);
    context.signal.throwIfAborted();
    throw asCorrupt(error);
  } finally {
    await chunks.return(undefined);
    packed.destroy();
  }
};

type Decompressor = (chunks: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

const decompressors: Readonly<Record<Exclude<ArchiveFormat, "zip">, Decompressor>> = {
  tar: (chunks) => chunks,
  "tar.gz": gunzip,
  "tar.zst": unzstd,
};

const empty = async (directory: string): Promise<void> => {
  const names = await readdir(directory, { encoding: "buffer" });
  const at = (name: Buffer) => Buffer.concat([Buffer.from(join(directory, "/")), name]);
  for (const name of names) await rm(at(name), { recursive: true, force: true });
};

const asCorrupt = (error: unknown): unknown =>
  isGzipError(error) ? artifactErrors.HWS_ARCHIVE_CORRUPT([error.message], { cause: error }) : error;
