import { artifactErrors } from "../errors/artifact-codes.ts";

/** The fields of one header block of an archive from outside. Strings have one character a byte. */
export interface OutsideHeader {
  readonly name: string;
  readonly linkName: string;
  readonly typeFlag: string;
  readonly permissions: number;
  readonly sizeBytes: number;
}

const corrupt = (why: string) => artifactErrors.HWS_ARCHIVE_CORRUPT([why]);

/** Reads a header block; undefined for a block of zeros, which ends an archive. */
export const parseHeader = (block: Buffer): OutsideHeader | undefined => {
  if (block.every((byte) => byte === 0)) return undefined;
  checkSum(block);
  const name = text(block, 0, 100);
  // Only POSIX has the prefix: GNU tar's own format uses that place for times.
  const prefix = block.toString("latin1", 257, 263) === "ustar\0" ? text(block, 345, 155) : "";
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    linkName: text(block, 157, 100),
    typeFlag: block.toString("latin1", 156, 157),
    permissions: numberAt(block, 100, 8),
    sizeBytes: numberAt(block, 124, 12),
  };
};

const checkSum = (block: Buffer): void => {
  let sum = 8 * 0x20;
  for (const byte of block.subarray(0, 148)) sum += byte;
  for (const byte of block.subarray(156)) sum += byte;
  if (numberAt(block, 148, 8) !== sum) throw corrupt("a header's checksum is wrong");
};

const text = (block: Buffer, at: number, length: number): string => {
  const field = block.toString("latin1", at, at + length);
  const end = field.indexOf("\0");
  return end < 0 ? field : field.slice(0, end);
};

/** Octal text, or GNU tar's binary form behind a set top bit. */
const numberAt = (block: Buffer, at: number, length: number): number => {
  if (((block[at] ?? 0) & 0x80) !== 0) return binary(block.subarray(at, at + length));
  const [, digits] = /^ *([0-7]*)[ \0]*$/.exec(block.toString("latin1", at, at + length)) ?? [];
  if (digits === undefined) throw corrupt("a header has a field that is no number");
  return Number.parseInt(digits === "" ? "0" : digits, 8);
};

const binary = (field: Buffer): number => {
  const value = BigInt(`0x${field.toString("hex")}`) & ((1n << BigInt(field.length * 8 - 1)) - 1n);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw corrupt("a header has a number that is too large");
  return Number(value);
};
