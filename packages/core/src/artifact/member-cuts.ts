/** A member holds at least this much of the input, so that the ratio does not suffer. */
const leastBytes = 1 << 19;
/** And at most this much, so that members can be made at once. */
const mostBytes = 1 << 22;
const blockBytes = 512;
/** One header in this many ends a member. */
const oneIn = 32;

/** The name field of a member of a tar, or nothing when the block is no header (POSIX.1-2017, pax, "ustar"). */
const nameIn = (block: Buffer): Buffer | undefined =>
  block.toString("latin1", 257, 262) === "ustar" ? block.subarray(0, 100) : undefined;

/** FNV-1a. */
const hashOf = (bytes: Buffer): number => {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash >>> 8;
};

const mayCutBefore = (block: Buffer): boolean => {
  const name = nameIn(block);
  return name !== undefined && hashOf(name) % oneIn === 0;
};

/**
 * Cuts a tar into pieces, each of which becomes a member of the stored form. Where is told by names in it and by
 * nothing else, so that a changed, added or removed file changes its own piece and leaves the others as they are.
 */
export async function* cutMembers(input: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held = Buffer.alloc(0);
  let looked = 0;
  let any = false;
  for await (const bytes of input) {
    held = held.length === 0 ? Buffer.from(bytes) : Buffer.concat([held, bytes]);
    for (; looked + blockBytes <= held.length; looked += blockBytes) {
      const full = looked >= mostBytes;
      if (!full && (looked < leastBytes || !mayCutBefore(held.subarray(looked, looked + blockBytes))))
        continue;
      yield held.subarray(0, looked);
      held = held.subarray(looked);
      looked = 0;
      any = true;
    }
  }
  // An empty input is one empty piece: no bytes at all would not be gzip.
  if (held.length > 0 || !any) yield held;
}
