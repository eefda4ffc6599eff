import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { addAbortSignal } from "node:stream";
import type { OperationContext } from "../contracts/common.ts";
import type { ArchiveFormat, OpenedArchive } from "../contracts/source.ts";
import { artifactErrors } from "../errors/artifact-codes.ts";
import { type ArchiveLimits, ArchiveMeter, defaultLimits } from "./archive-limits.ts";
import { ByteReader } from "./byte-reader.ts";
import { gunzip, isZlibError } from "./gunzip.ts";
import type { MemberRequest, OutsideMember } from "./outside-member.ts";
import { outsideMembers } from "./outside-tar.ts";
import { writeOutsideTree } from "./outside-writer.ts";
import { zipMembers } from "./outside-zip.ts";
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
  const read: Reader | undefined = readers[archive.format];
  // Its error is thrown where it is read; until then nobody listens, and that would end the process.
  archive.stream.on("error", () => {});
  try {
    if (read === undefined) throw artifactErrors.HWS_ARCHIVE_FORMAT([archive.format]);
    if ((await readdir(directory)).length > 0) throw artifactErrors.HWS_ARCHIVE_DIRECTORY([directory]);
  } catch (error) {
    archive.stream.destroy();
    throw error;
  }
  const meter = new ArchiveMeter(limits);
  const packed = addAbortSignal(context.signal, archive.stream);
  try {
    const members = read(meter.packed(packed), { limits, meter, signal: context.signal });
    const strip = archive.stripComponents ?? 0;
    await writeOutsideTree({ members, directory, strip, limits, meter }, context);
  } catch (error) {
    await empty(directory);
    context.signal.throwIfAborted();
    throw asCorrupt(error);
  } finally {
    packed.destroy();
  }
};

/** Gives the members of an archive's bytes. Which of them are taken, and how, is not its matter. */
type Reader = (packed: AsyncIterable<Buffer>, request: MemberRequest) => AsyncIterable<OutsideMember>;

const tarReader = (decompress: (chunks: AsyncIterable<Buffer>) => AsyncIterable<Buffer>): Reader =>
  async function* (packed, { meter }) {
    const chunks = meter.unpacked(decompress(packed));
    try {
      yield* outsideMembers(new ByteReader(chunks));
    } finally {
      await chunks.return(undefined);
    }
  };

const readers: Readonly<Record<ArchiveFormat, Reader>> = {
  tar: tarReader((chunks) => chunks),
  "tar.gz": tarReader(gunzip),
  "tar.zst": tarReader(unzstd),
  zip: zipMembers,
};

const empty = async (directory: string): Promise<void> => {
  const names = await readdir(directory, { encoding: "buffer" });
  const at = (name: Buffer) => Buffer.concat([Buffer.from(join(directory, "/")), name]);
  for (const name of names) await rm(at(name), { recursive: true, force: true });
};

const asCorrupt = (error: unknown): unknown =>
  isZlibError(error) ? artifactErrors.HWS_ARCHIVE_CORRUPT([error.message], { cause: error }) : error;
