import type { Entry } from "yauzl";
import { artifactErrors } from "../errors/artifact-codes.ts";
import type { OutsideMember } from "./outside-member.ts";
import { shown } from "./tree-scan.ts";

/** A member as a zip's central directory names it: only what is needed of it, since there may be a million. */
export interface ZipEntry {
  /** One character a byte. */
  readonly name: string;
  readonly type: OutsideMember["type"];
  readonly executable: boolean;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  /** Of its local header. */
  readonly offset: number;
}

export const deflated = 8;

/** Bits of the flags that change what a member is; the others speak of how it was compressed. */
export const flag = { encrypted: 0x1, streamed: 0x8, patched: 0x20, utf8: 0x800, masked: 0x2000 } as const;

const corrupt = (why: string) => artifactErrors.HWS_ARCHIVE_CORRUPT([why]);

/** Refuses what cannot be read, and every name that two readers could take differently. */
export const toZipEntry = (entry: Entry): ZipEntry => {
  const name = entry.fileNameRaw.toString("latin1");
  const method = entry.compressionMethod;
  const flags = entry.generalPurposeBitFlag;
  refuseName(entry, name);
  if ((flags & (flag.encrypted | flag.masked)) !== 0) throw unreadable(name, "encrypted");
  if ((flags & flag.patched) !== 0) throw unreadable(name, "a patch of another file");
  if (method !== 0 && method !== deflated) throw unreadable(name, `compressed by the method ${method}`);
  return {
    name,
    ...typeAndMode(entry, name),
    flags,
    method,
    crc32: entry.crc32,
    packedBytes: entry.compressedSize,
    sizeBytes: entry.uncompressedSize,
    offset: entry.relativeOffsetOfLocalHeader,
  };
};

const unreadable = (name: string, how: string) => artifactErrors.HWS_ARCHIVE_METHOD([shown(name), how]);

const refuseName = (entry: Entry, name: string): void => {
  const refuse = (why: string) => artifactErrors.HWS_ARCHIVE_PATH([shown(name), why]);
  const text = entry.fileNameRaw.toString("utf8");
  if (name.includes("\\")) throw refuse("holds a backslash, which some take for a slash");
  if ((entry.generalPurposeBitFlag & flag.utf8) === 0) {
    if (/[^\0-\x7f]/.test(name)) throw refuse("is neither ASCII nor marked as UTF-8");
  } else if (!Buffer.from(text, "utf8").equals(entry.fileNameRaw)) throw refuse("is not UTF-8");
  for (const { id, data } of entry.extraFields) {
    // The other place where a name may stand, after five bytes of version and checksum.
    if (id === 0x7075 && !data.subarray(5).equals(entry.fileNameRaw)) {
      throw corrupt(`${shown(name)} has a second name`);
    }
  }
};

/** Systems whose members have a Unix mode. */
const unix: ReadonlySet<number> = new Set([3, 19]);

const otherTypes: Readonly<Record<number, string>> = {
  2401: "named pipe",
  4802: "character device",
  14406: "block device",
  26411: "socket",
};

const typeAndMode = (entry: Entry, name: string): Pick<ZipEntry, "type" | "executable"> => {
  const mode = unix.has(entry.versionMadeBy >> 8) ? entry.externalFileAttributes >>> 16 : 0;
  const byName = name.endsWith("/") ? "directory" : "file";
  const type = typeOf(mode & 0o170000, byName, name);
  if ((type === "directory") !== (byName === "directory")) {
    throw corrupt(`${shown(name)} is a ${byName} by its name and a ${type} by its mode`);
  }
  return { type, executable: (mode & 0o100) !== 0 };
};

const typeOf = (bits: number, byName: OutsideMember["type"], name: string): OutsideMember["type"] => {
  if (bits === 0) return byName;
  if (bits === 0o100000) return "file";
  if (bits === 0o040000) return "directory";
  if (bits === 0o120000) return "link";
  const what = otherTypes[bits] ?? `member of the unknown type ${bits.toString(8)}`;
  throw artifactErrors.HWS_ARCHIVE_TYPE([shown(name), what]);
};
