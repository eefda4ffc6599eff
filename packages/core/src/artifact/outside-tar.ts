import { artifactErrors } from "../errors/artifact-codes.ts";
import type { ByteReader } from "./byte-reader.ts";
import { type OutsideHeader, parseHeader } from "./outside-header.ts";
import type { OutsideMember } from "./outside-member.ts";
import { type PaxFields, parsePax } from "./pax-record.ts";
import { blockBytes, paddingBytes } from "./tar-header.ts";
import { shown } from "./tree-scan.ts";

/** A header's records may not fill the memory. */
const maxRecordBytes = 1 << 20;

const corrupt = (why: string) => artifactErrors.HWS_ARCHIVE_CORRUPT([why]);

const refused: Readonly<Record<string, string>> = {
  "1": "hard link",
  "3": "character device",
  "4": "block device",
  "6": "named pipe",
  S: "sparse file",
  M: "part of a file",
  D: "directory dump",
};

/**
 * The members of a tar, read to the archive's very end: v7, ustar, pax and GNU headers. What two readers could take
 * differently (two sources of one name, data after a link, bytes after the end) is `HWS_ARCHIVE_CORRUPT`.
 */
export async function* outsideMembers(bytes: ByteReader): AsyncGenerator<OutsideMember> {
  for (;;) {
    const extended = await readExtended(bytes);
    if (extended === undefined) return await checkEnd(bytes);
    const member = toMember(extended, bytes);
    yield member;
    for await (const _ of member.data);
    await bytes.read(paddingBytes(member.sizeBytes));
  }
}

interface Extended {
  readonly header: OutsideHeader;
  readonly pax: PaxFields;
}

/** The next header of a member, with what the records before it say; undefined at the end. */
const readExtended = async (bytes: ByteReader): Promise<Extended | undefined> => {
  const pax: { -readonly [K in keyof PaxFields]: PaxFields[K] } = {};
  const add = (fields: PaxFields): void => {
    for (const key of Object.keys(fields)) {
      if (key in pax) throw corrupt("one member has two extended headers for the same field");
    }
    Object.assign(pax, fields);
  };
  for (let any = false; ; any = true) {
    const header = parseHeader(await bytes.read(blockBytes));
    if (header === undefined && any) throw corrupt("it ends after an extended header");
    if (header === undefined) return undefined;
    const { typeFlag } = header;
    if (typeFlag === "L") add({ path: await readLong(bytes, header) });
    else if (typeFlag === "K") add({ linkpath: await readLong(bytes, header) });
    else if (typeFlag === "x") add(parsePax(await readRecord(bytes, header)));
    else if (typeFlag === "g") refuseGlobal(parsePax(await readRecord(bytes, header)));
    else return { header, pax };
  }
};

const readRecord = async (bytes: ByteReader, { sizeBytes }: OutsideHeader): Promise<Buffer> => {
  if (sizeBytes > maxRecordBytes) throw corrupt("an extended header is too long");
  const record = await bytes.read(sizeBytes);
  await bytes.read(paddingBytes(sizeBytes));
  return record;
};

/** GNU tar ends a long name by a zero byte; others may leave it out. */
const readLong = async (bytes: ByteReader, header: OutsideHeader): Promise<string> =>
  (await readRecord(bytes, header)).toString("latin1").replace(/\0+$/, "");

const refuseGlobal = (fields: PaxFields): void => {
  if (Object.keys(fields).length > 0) throw corrupt("a global header gives all members one name or size");
};

const toMember = ({ header, pax }: Extended, bytes: ByteReader): OutsideMember => {
  const name = pax.path ?? header.name;
  const type = typeOf(header.typeFlag, name);
  const sizeBytes = pax.size ?? header.sizeBytes;
  if (type !== "file" && sizeBytes > 0) throw corrupt(`${shown(name)} is a ${type} with data`);
  return {
    name,
    type,
    executable: (header.permissions & 0o100) !== 0,
    sizeBytes,
    target: pax.linkpath ?? header.linkName,
    data: bytes.take(sizeBytes),
  };
};

const typeOf = (flag: string, name: string): OutsideMember["type"] => {
  // Before ustar a directory was known by the slash at its end alone.
  if (flag === "0" || flag === "\0" || flag === "7") return name.endsWith("/") ? "directory" : "file";
  if (flag === "5") return "directory";
  if (flag === "2") return "link";
  throw artifactErrors.HWS_ARCHIVE_TYPE([
    shown(name),
    refused[flag] ?? `member of the unknown type ${shown(flag)}`,
  ]);
};

const checkEnd = async (bytes: ByteReader): Promise<void> => {
  for await (const chunk of bytes.rest()) {
    if (chunk.some((byte) => byte !== 0)) throw corrupt("something follows its end");
  }
};
