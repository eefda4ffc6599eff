import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

/**
 * What a gzip stream holds. Stopping early ends the input too; an error of the input is thrown as it is, one of the
 * gzip format is a `isGzipError`.
 */
export async function* gunzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const decompressor = createGunzip({ chunkSize: 1 << 18 });
  const fed = pipeline(chunks, decompressor);
  // The same error ends the iteration below.
  fed.catch(() => {});
  try {
    yield* decompressor;
    await fed;
  } finally {
    decompressor.destroy();
  }
}

/** zlib's own errors have codes that begin with Z_. */
export const isGzipError = (error: unknown): error is Error => {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === "string" && code.startsWith("Z_");
};
