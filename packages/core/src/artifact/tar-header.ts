import type { EntryMode } from "./manifest-entry.ts";

/** A tar archive is made of blocks of this size. */
export const blockBytes = 512;
const fieldBytes = 100;
const longName = Buffer.from("././@LongLink");

/** A member of the canonical tar. */
export interface TarMember {
  /** Raw, relative, without a slash at its end. */
  readonly name: Buffer;
  readonly mode: EntryMode;
  /** Of a file; links and directories have no data. */
  readonly sizeBytes: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** What a link points to. */
  readonly target?: Buffer;
}

/** How many bytes fill the last block of data of this length. */
export const paddingBytes = (sizeBytes: number): number =>
  (blockBytes - (sizeBytes % blockBytes)) % blockBytes;

/** Data with what fills its last block. */
export const paddedBytes = (sizeBytes: number): number => sizeBytes + paddingBytes(sizeBytes);

/** The length of everything before a member's data. `nameBytes` counts the slash at a directory's end. */
export const headerBytes = (nameBytes: number, targetBytes: number): number =>
  longRecordBytes(targetBytes) + longRecordBytes(nameBytes) + blockBytes;

const longRecordBytes = (length: number): number =>
  length > fieldBytes ? blockBytes + paddedBytes(length + 1) : 0;

/** How many zero bytes end the archive. */
export const trailerBytes: number = 2 * blockBytes;

const typeFlags: Readonly<Record<EntryMode, string>> = { "755": "0", "644": "0", link: "2", dir: "5" };
const permissions: Readonly<Record<EntryMode, number>> = {
  "755": 0o755,
  "644": 0o644,
  link: 0o777,
  dir: 0o755,
};

/**
 * The header of a member in the format of GNU tar: names and targets that do not fit their field go before it as
 * records `L` and `K`. Unlike pax records, which must be UTF-8, these hold any bytes and are read alike by GNU tar,
 * busybox and bsdtar. Format: https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
export const tarHeader = (member: TarMember): Buffer => {
  const name = member.mode === "dir" ? Buffer.concat([member.name, Buffer.from("/")]) : member.name;
  const target = member.target ?? Buffer.alloc(0);
  return Buffer.concat([
    longRecord("K", target),
    longRecord("L", name),
    block({
      name,
      target,
      typeFlag: typeFlags[member.mode],
      permissions: permissions[member.mode],
      sizeBytes: member.sizeBytes,
      mtime: member.mtime,
    }),
  ]);
};

const longRecord = (typeFlag: string, text: Buffer): Buffer => {
  if (text.length <= fieldBytes) return Buffer.alloc(0);
  const sizeBytes = text.length + 1;
  const header = block({
    name: longName,
    target: Buffer.alloc(0),
    typeFlag,
    permissions: 0o644,
    sizeBytes,
    mtime: 0,
  });
  return Buffer.concat([header, text, Buffer.alloc(1 + paddingBytes(sizeBytes))]);
};

interface Fields {
  readonly name: Buffer;
  readonly target: Buffer;
  readonly typeFlag: string;
  readonly permissions: number;
  readonly sizeBytes: number;
  readonly mtime: number;
}

const block = (fields: Fields): Buffer => {
  const header = Buffer.alloc(blockBytes);
  fields.name.copy(header, 0, 0, fieldBytes);
  header.write(octal(fields.permissions, 8), 100, "latin1");
  header.write(octal(0, 8), 108, "latin1");
  header.write(octal(0, 8), 116, "latin1");
  number12(fields.sizeBytes).copy(header, 124);
  number12(fields.mtime).copy(header, 136);
  header.write(" ".repeat(8), 148, "latin1");
  header.write(fields.typeFlag, 156, "latin1");
  fields.target.copy(header, 157, 0, fieldBytes);
  header.write("ustar  \0", 257, "latin1");
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
};

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, "0")}\0`;

/** A number of 12 bytes: octal below 8 GiB, else binary behind a set top bit. */
const number12 = (value: number): Buffer => {
  if (value < 8 ** 11) return Buffer.from(octal(value, 12), "latin1");
  const field = Buffer.alloc(12);
  field.writeBigUInt64BE(BigInt(value), 4);
  field[0] = 0x80;
  return field;
};
