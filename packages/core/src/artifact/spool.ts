import { createReadStream } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";

const memoryBytes = 8 << 20;

/** Bytes that were made once and are read many times. */
export interface Spool extends AsyncDisposable {
  readonly sizeBytes: number;
  open(): Readable;
}

/** Takes all of the input: into memory up to 8 MiB, beyond that into a private file that disposing removes. */
export const spool = async (input: AsyncIterable<Buffer>, signal: AbortSignal): Promise<Spool> => {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  const rest = input[Symbol.asyncIterator]();
  try {
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      signal.throwIfAborted();
      chunks.push(next.value);
      sizeBytes += next.value.length;
      if (sizeBytes > memoryBytes)
        return await spoolFile(chunks, { [Symbol.asyncIterator]: () => rest }, signal);
    }
  } finally {
    await rest.return?.();
  }
  return {
    sizeBytes,
    open: () => Readable.from(chunks, { objectMode: false }),
    [Symbol.asyncDispose]: async () => {},
  };
};

const spoolFile = async (
  first: readonly Buffer[],
  rest: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<Spool> => {
  const directory = await mkdtemp(join(tmpdir(), "hawser-spool-"));
  const remove = async (): Promise<void> => await rm(directory, { recursive: true, force: true });
  const path = join(directory, "bytes");
  try {
    const sizeBytes = await fill(path, first, rest, signal);
    return { sizeBytes, open: () => createReadStream(path), [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
};

const fill = async (
  path: string,
  first: readonly Buffer[],
  rest: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<number> => {
  const file = await open(path, "wx", 0o600);
  let sizeBytes = 0;
  const append = async (chunk: Buffer): Promise<void> => {
    signal.throwIfAborted();
    sizeBytes += chunk.length;
    await file.writeFile(chunk);
  };
  try {
    for (const chunk of first) await append(chunk);
    for await (const chunk of rest) await append(chunk);
  } finally {
    await file.close();
  }
  return sizeBytes;
};
