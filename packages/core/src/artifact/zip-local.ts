import { artifactErrors } from "../errors/artifact-codes.ts";
import { shown } from "./tree-scan.ts";
import { readAt } from "./zip-bytes.ts";
import { flag, type ZipEntry } from "./zip-entry.ts";

const headerBytes = 30;
const zip64 = 0xffffffff;
/** The flags that must be the same in both headers. */
const flags = flag.encrypted | flag.streamed | flag.patched | flag.utf8 | flag.masked;

/**
 * Checks what stands before and after a member's data against the central directory: another reader goes by it.
 * `next` is where the next thing in the file begins; the member must reach exactly so far. Gives where the data begins.
 */
export const checkLocal = (file: number, entry: ZipEntry, next: number): number => {
  const refuse = (why: string) => artifactErrors.HWS_ARCHIVE_CORRUPT([`${shown(entry.name)} ${why}`]);
  const read = (position: number, length: number): Buffer => {
    if (position + length > next) throw refuse("overlaps with what comes after it");
    return readAt(file, position, length);
  };
  const header = read(entry.offset, headerBytes + entry.name.length);
  const extra = read(entry.offset + header.length, header.readUInt16LE(28));
  if (!isSame(header, extra, entry)) throw refuse("has a header that contradicts the directory");
  const begin = entry.offset + header.length + extra.length;
  const end = begin + entry.packedBytes;
  const rest = read(end, Math.max(0, Math.min(next - end, 25)));
  if (!(isStreamed(entry) ? isDescriptor(rest, entry) : rest.length === 0)) {
    throw refuse("is followed by what no member owns");
  }
  return begin;
};

const isStreamed = (entry: ZipEntry): boolean => (entry.flags & flag.streamed) !== 0;

const isSame = (header: Buffer, extra: Buffer, entry: ZipEntry): boolean => {
  const { sizeBytes, packedBytes } = sizesOf(header, extra);
  // What was not known yet when the header was written is zero there.
  const agrees = (found: number, wanted: number): boolean =>
    found === wanted || (isStreamed(entry) && found === 0);
  return (
    header.readUInt32LE(0) === 0x04034b50 &&
    ((header.readUInt16LE(6) ^ entry.flags) & flags) === 0 &&
    header.readUInt16LE(8) === entry.method &&
    header.readUInt16LE(26) === entry.name.length &&
    header.toString("latin1", headerBytes) === entry.name &&
    agrees(header.readUInt32LE(14), entry.crc32) &&
    agrees(sizeBytes, entry.sizeBytes) &&
    agrees(packedBytes, entry.packedBytes)
  );
};

/** Large sizes stand in a field of their own. */
const sizesOf = (header: Buffer, extra: Buffer): { sizeBytes: number; packedBytes: number } => {
  const large = zip64Field(extra);
  const at = (offset: number, index: number): number => {
    const value = header.readUInt32LE(offset);
    return value === zip64 && large !== undefined && large.length >= index + 8
      ? Number(large.readBigUInt64LE(index))
      : value;
  };
  return { sizeBytes: at(22, 0), packedBytes: at(18, 8) };
};

const zip64Field = (extra: Buffer): Buffer | undefined => {
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1) return extra.subarray(at + 4, end);
    at = end;
  }
  return undefined;
};

/** The checksum and sizes behind data whose length was not known before; the signature may be left out. */
const isDescriptor = (bytes: Buffer, entry: ZipEntry): boolean => {
  const signed = bytes.length === 16 || bytes.length === 24;
  const large = bytes.length >= 20;
  if (![12, 16, 20, 24].includes(bytes.length)) return false;
  if (signed && bytes.readUInt32LE(0) !== 0x08074b50) return false;
  const at = signed ? 4 : 0;
  const number = (offset: number): number =>
    large ? Number(bytes.readBigUInt64LE(offset)) : bytes.readUInt32LE(offset);
  return (
    bytes.readUInt32LE(at) === entry.crc32 &&
    number(at + 4) === entry.packedBytes &&
    number(at + (large ? 12 : 8)) === entry.sizeBytes
  );
};
