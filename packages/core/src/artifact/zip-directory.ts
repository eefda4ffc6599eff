import type { ZipFile } from "yauzl";
import { artifactErrors } from "../errors/artifact-codes.ts";
import type { ArchiveLimits } from "./archive-limits.ts";
import { readAt } from "./zip-bytes.ts";
import { toZipEntry, type ZipEntry } from "./zip-entry.ts";

export interface ZipDirectory {
  /** In the order in which they lie in the file. */
  readonly entries: readonly ZipEntry[];
  /** Where the central directory begins, and so the last member ends. */
  readonly offset: number;
}

const endBytes = 22;
/** The record and its locator that stand before the end record of a large zip. */
const zip64Bytes = 56 + 20;

const corrupt = (why: string) => artifactErrors.HWS_ARCHIVE_CORRUPT([why]);

/**
 * Reads a zip's central directory. Its end records must be exact: whoever reads them in another way, or counts on
 * their other numbers, must find the same members.
 */
export const readZipDirectory = async (
  path: string,
  file: number,
  { entries: most }: ArchiveLimits,
): Promise<ZipDirectory> => {
  const zip = await openZip(path);
  try {
    if (zip.entryCount > most) throw artifactErrors.HWS_ARCHIVE_LIMIT(["entries", most]);
    // The types of yauzl take this number for a boolean.
    const cursor = (): number => Number(zip.readEntryCursor);
    const offset = cursor();
    const entries: ZipEntry[] = [];
    for await (const entry of eachEntry(zip)) entries.push(entry);
    checkEnd(file, zip, { offset, end: cursor() });
    return { entries: entries.sort((a, b) => a.offset - b.offset), offset };
  } finally {
    zip.close();
  }
};

const openZip = async (path: string): Promise<ZipFile> => {
  // Loaded here, since most archives are none of its.
  const { openPromise } = await import("yauzl");
  const options = { autoClose: false, decodeStrings: false, validateEntrySizes: false };
  return await openPromise(path, options).catch((error: unknown) => {
    throw asCorrupt(error);
  });
};

async function* eachEntry(zip: ZipFile): AsyncGenerator<ZipEntry> {
  try {
    for await (const entry of zip.eachEntry()) yield toZipEntry(entry);
  } catch (error) {
    throw asCorrupt(error);
  }
}

/** What the system says of a file has a code, what yauzl says of a zip has none. */
const asCorrupt = (error: unknown): unknown =>
  error instanceof Error && !("code" in error)
    ? artifactErrors.HWS_ARCHIVE_CORRUPT([error.message], { cause: error })
    : error;

const checkEnd = (
  file: number,
  { fileSize, entryCount, comment }: ZipFile,
  directory: { readonly offset: number; readonly end: number },
): void => {
  const length = fileSize - directory.end - comment.length;
  if (length !== endBytes && length !== endBytes + zip64Bytes) {
    throw corrupt("its directory does not reach to its end");
  }
  const tail = readAt(file, directory.end, length);
  const at = length - endBytes;
  const sizeBytes = directory.end - directory.offset;
  const large = at > 0;
  const agrees =
    tail.readUInt32LE(at) === 0x06054b50 &&
    holds(tail.readUInt16LE(at + 8), entryCount, large && 0xffff) &&
    holds(tail.readUInt16LE(at + 10), entryCount, large && 0xffff) &&
    holds(tail.readUInt32LE(at + 12), sizeBytes, large && 0xffffffff) &&
    holds(tail.readUInt32LE(at + 16), directory.offset, large && 0xffffffff);
  if (!agrees || (large && !zip64Agrees(tail, { ...directory, sizeBytes, entryCount }))) {
    throw corrupt("its end says another thing than its directory");
  }
};

const holds = (field: number, value: number, elsewhere: number | false): boolean =>
  field === value || field === elsewhere;

const zip64Agrees = (
  tail: Buffer,
  wanted: {
    readonly offset: number;
    readonly end: number;
    readonly sizeBytes: number;
    readonly entryCount: number;
  },
): boolean =>
  tail.readUInt32LE(0) === 0x06064b50 &&
  tail.readBigUInt64LE(4) === BigInt(56 - 12) &&
  tail.readBigUInt64LE(24) === BigInt(wanted.entryCount) &&
  tail.readBigUInt64LE(32) === BigInt(wanted.entryCount) &&
  tail.readBigUInt64LE(40) === BigInt(wanted.sizeBytes) &&
  tail.readBigUInt64LE(48) === BigInt(wanted.offset) &&
  tail.readUInt32LE(56) === 0x07064b50 &&
  tail.readBigUInt64LE(56 + 8) === BigInt(wanted.end);
