import { pipeline } from "node:stream/promises";
import { createGunzip, createInflateRaw, type Gunzip, type InflateRaw, inflateRawSync } from "node:zlib";

const chunkSize = 1 << 18;

/**
 * What a gzip stream holds. Stopping early ends the input too; an error of the input is thrown as it is, one of the
 * gzip format is a `isZlibError`.
 */
export const gunzip = (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> =>
  decompress(chunks, createGunzip({ chunkSize }));

/** As `gunzip`, of a bare deflate stream that is exactly this long: of what follows it zlib says nothing. */
export async function* inflateRaw(
  chunks: AsyncIterable<Buffer>,
  lengthBytes: number,
): AsyncGenerator<Buffer> {
  const decompressor = createInflateRaw({ chunkSize });
  yield* decompress(chunks, decompressor);
  refuseRest(decompressor, lengthBytes);
}

/** As `inflateRaw`, at once, of data that inflates to at most `sizeBytes`. */
export const inflateRawWhole = (bytes: Buffer, sizeBytes: number): Buffer => {
  try {
    // With `info` it also tells how much of the input it took, which Node's types do not know.
    const { buffer, engine } = inflateRawSync(bytes, {
      info: true,
      maxOutputLength: Math.max(1, sizeBytes),
    }) as unknown as { buffer: Buffer; engine: InflateRaw };
    refuseRest(engine, bytes.length);
    return buffer;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === "ERR_BUFFER_TOO_LARGE" ? dataError("it inflates to more than its size") : error;
  }
};

const refuseRest = ({ bytesWritten }: InflateRaw, lengthBytes: number): void => {
  if (bytesWritten !== lengthBytes) throw dataError("something follows the end of compressed data");
};

const dataError = (why: string): Error => Object.assign(new Error(why), { code: "Z_DATA_ERROR" });

async function* decompress(
  chunks: AsyncIterable<Buffer>,
  decompressor: Gunzip | InflateRaw,
): AsyncGenerator<Buffer> {
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
export const isZlibError = (error: unknown): error is Error => {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === "string" && code.startsWith("Z_");
};
