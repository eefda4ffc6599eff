import { closeSync, openSync } from "node:fs";
import { artifactErrors } from "../errors/artifact-codes.ts";
import type { MemberRequest, OutsideMember } from "./outside-member.ts";
import { spoolFile } from "./spool.ts";
import { shown } from "./tree-scan.ts";
import { zipData } from "./zip-data.ts";
import { readZipDirectory } from "./zip-directory.ts";
import type { ZipEntry } from "./zip-entry.ts";
import { checkLocal } from "./zip-local.ts";

/** The target of a link may not fill the memory. */
const maxTargetBytes = 1 << 20;

const corrupt = (why: string) => artifactErrors.HWS_ARCHIVE_CORRUPT([why]);

/**
 * The members of a zip, in the order in which they lie in it. A zip is known by its end, so it is kept in a private file
 * meanwhile. Its members must lie side by side from the first byte to the directory: what two readers could take
 * differently (headers that contradict the directory, members that overlap, bytes between them) is
 * `HWS_ARCHIVE_CORRUPT`.
 */
export async function* zipMembers(
  packed: AsyncIterable<Buffer>,
  request: MemberRequest,
): AsyncGenerator<OutsideMember> {
  await using spooled = await spoolFile(packed, request.signal);
  const file = openSync(spooled.path, "r");
  try {
    const { entries, offset } = await readZipDirectory(spooled.path, file, request.limits);
    if ((entries[0]?.offset ?? offset) !== 0) throw corrupt("something stands before its first member");
    for (const [index, entry] of entries.entries()) {
      const begin = checkLocal(file, entry, entries[index + 1]?.offset ?? offset);
      const member = await toMember(entry, zipData(file, entry, begin, request));
      yield member;
      for await (const _ of member.data);
    }
  } finally {
    closeSync(file);
  }
}

const toMember = async (entry: ZipEntry, data: AsyncGenerator<Buffer>): Promise<OutsideMember> => {
  const { name, type, executable, sizeBytes } = entry;
  if (type === "file") return { name, type, executable, sizeBytes, target: "", data };
  if (type === "directory" && sizeBytes > 0) throw corrupt(`${shown(name)} is a directory with data`);
  if (sizeBytes > maxTargetBytes) throw corrupt(`the target of ${shown(name)} is too long`);
  const target: Buffer[] = [];
  for await (const chunk of data) target.push(chunk);
  return { name, type, executable, sizeBytes: 0, target: Buffer.concat(target).toString("latin1"), data };
};
