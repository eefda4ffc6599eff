import { Readable } from "node:stream";

/**
 * The same bytes, each piece of which is waited for by `piece`, which may give up. Only the source's own slowness
 * counts: a reader that does not ask waits for nothing.
 */
export const limitedStream = (
  source: Readable,
  piece: (next: Promise<IteratorResult<unknown>>) => Promise<IteratorResult<unknown>>,
): Readable => {
  const pieces = source[Symbol.asyncIterator]();
  return new Readable({
    objectMode: source.readableObjectMode,
    highWaterMark: source.readableHighWaterMark,
    read() {
      piece(pieces.next()).then(
        ({ done, value }) => void this.push(done === true ? null : value),
        (error) => void this.destroy(error),
      );
    },
    destroy(error, destroyed) {
      // What the source says of it was said already, or is wanted by nobody.
      source.on("error", () => undefined).destroy();
      destroyed(error);
    },
  });
};
