import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { FileBody } from "../plugin/file-body.ts";

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
      if (sizeBytes > memoryBytes) {
        const file = await spoolFile(continued(chunks, rest), signal);
        return {
          sizeBytes: file.sizeBytes,
          open: () => new FileBody(file.path),
          [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
        };
      }
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

async function* continued(first: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* first;
  yield* { [Symbol.asyncIterator]: () => rest };
}

/** A private file that disposing removes. */
export interface SpooledFile extends AsyncDisposable {
  readonly path: string;
  readonly sizeBytes: number;
}

/** Takes all of the input into a private file. */
export const spoolFile = async (input: AsyncIterable<Buffer>, signal: AbortSignal): Promise<SpooledFile> => {
  const directory = await mkdtemp(join(tmpdir(), "hawser-spool-"));
  const remove = async (): Promise<void> => await rm(directory, { recursive: true, force: true });
  const path = join(directory, "bytes");
  try {
    return { path, sizeBytes: await fill(path, input, signal), [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
};

const fill = async (path: string, input: AsyncIterable<Buffer>, signal: AbortSignal): Promise<number> => {
  const file = await open(path, "wx", 0o600);
  let sizeBytes = 0;
  try {
    for await (const chunk of input) {
      signal.throwIfAborted();
      sizeBytes += chunk.length;
      await file.writeFile(chunk);
    }
  } finally {
    await file.close();
  }
  return sizeBytes;
};
