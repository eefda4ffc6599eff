import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { readAhead } from "./read-ahead.ts";

const compress = promisify(gzip);

/** How much of the input each member of the gzip stream holds: large enough that the ratio does not suffer. */
const memberBytes = 4 << 20;
/** Members compressed at once; zlib has its own threads, so the main one only moves buffers. */
const membersAhead = 4;

/**
 * Compresses to gzip as a row of members of fixed input size, which every reader of gzip joins (RFC 1952, 2.2).
 * Members are independent, so all processors work on one archive; equal input gives equal bytes.
 */
export async function* gzipMembers(input: AsyncIterable<Uint8Array>, level: number): AsyncGenerator<Buffer> {
  yield* readAhead(inMembers(input), membersAhead, (chunk) => compress(chunk, { level }));
}

async function* inMembers(input: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let filled = 0;
  let any = false;
  for await (const bytes of input) {
    let rest = bytes;
    while (filled + rest.length >= memberBytes) {
      const part = rest.subarray(0, memberBytes - filled);
      yield Buffer.concat([...parts, part]);
      rest = rest.subarray(part.length);
      parts = [];
      filled = 0;
      any = true;
    }
    if (rest.length > 0) parts.push(rest);
    filled += rest.length;
  }
  // An empty input is one empty member: no bytes at all would not be gzip.
  if (filled > 0 || !any) yield Buffer.concat(parts);
}
