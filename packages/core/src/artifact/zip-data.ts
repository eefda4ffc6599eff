import { crc32 } from "node:zlib";
import { artifactErrors } from "../errors/artifact-codes.ts";
import { inflateRaw, inflateRawWhole } from "./gunzip.ts";
import type { MemberRequest } from "./outside-member.ts";
import { smallBytes } from "./tree-file.ts";
import { shown } from "./tree-scan.ts";
import { readAt } from "./zip-bytes.ts";
import { deflated, type ZipEntry } from "./zip-entry.ts";

const chunkBytes = 1 << 18;

/** What a member holds, exactly as long as it says and with its checksum. */
export async function* zipData(
  file: number,
  entry: ZipEntry,
  begin: number,
  { meter, signal }: MemberRequest,
): AsyncGenerator<Buffer> {
  const corrupt = (why: string) => artifactErrors.HWS_ARCHIVE_CORRUPT([`${shown(entry.name)} ${why}`]);
  const packed = readRange(file, begin, entry.packedBytes, signal);
  let left = entry.sizeBytes;
  let sum = 0;
  for await (const chunk of meter.unpacked(entry.method === deflated ? inflated(packed, entry) : packed)) {
    left -= chunk.length;
    sum = crc32(chunk, sum);
    if (left < 0) throw corrupt("is longer than it says");
    yield chunk;
  }
  if (left > 0) throw corrupt("is shorter than it says");
  if (sum !== entry.crc32) throw corrupt("has a wrong checksum");
}

/** A stream for each of many small members would take longer than writing them. */
const inflated = (packed: AsyncIterable<Buffer>, entry: ZipEntry): AsyncIterable<Buffer> =>
  Math.max(entry.packedBytes, entry.sizeBytes) <= smallBytes
    ? inflateSmall(packed, entry.sizeBytes)
    : inflateRaw(packed, entry.packedBytes);

async function* inflateSmall(packed: AsyncIterable<Buffer>, sizeBytes: number): AsyncGenerator<Buffer> {
  for await (const bytes of packed) yield inflateRawWhole(bytes, sizeBytes);
}

/** A small range comes in one piece. */
async function* readRange(
  file: number,
  begin: number,
  length: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  for (let done = 0; done < length; done += chunkBytes) {
    signal.throwIfAborted();
    yield readAt(file, begin + done, Math.min(length - done, chunkBytes));
  }
}
