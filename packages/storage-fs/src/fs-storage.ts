import { setMaxListeners } from "node:events";
import { type BigIntStats, constants } from "node:fs";
import { lstat, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import type {
  InstanceReader,
  ListedObject,
  ObjectStat,
  OperationContext,
  Problem,
  PutRequest,
  Storage,
} from "@hawser/core/plugin";
import { checkDirectory } from "./check.ts";
import { errors, fromSystem, systemCode } from "./errors.ts";
import { etagOf } from "./etag.ts";
import { checkKey, checkPrefix } from "./key.ts";
import { Layout } from "./layout.ts";
import { walk } from "./listing.ts";
import { objectStream } from "./object-stream.ts";
import { Writer } from "./writer.ts";

/** Objects as plain files below a directory of a local file system. */
export class FsStorage implements Storage {
  readonly #layout: Layout;
  readonly #writer: Writer;

  readonly readerFor?: () => Promise<InstanceReader>;

  /** `reader`: how instances read it; without one they cannot. */
  constructor(directory: string, reader?: InstanceReader) {
    this.#layout = new Layout(directory);
    this.#writer = new Writer(this.#layout);
    if (reader !== undefined) this.readerFor = async () => reader;
  }

  async get(
    { key }: { readonly key: string },
    { signal }: OperationContext,
  ): Promise<ObjectStat & { readonly stream: Readable }> {
    checkKey(key);
    signal.throwIfAborted();
    return this.#told(key, async () => {
      const handle = await open(this.#layout.file(key), constants.O_RDONLY | constants.O_NOFOLLOW);
      try {
        const stats = await handle.stat({ bigint: true });
        if (!stats.isFile()) throw errors.HWS_STORAGE_NOT_FOUND([key]);
        const stream = objectStream(key, handle, Number(stats.size));
        stopWith(stream, signal);
        return { ...told(stats), stream };
      } catch (error) {
        await handle.close();
        throw error;
      }
    });
  }

  async stat(
    { key }: { readonly key: string },
    { signal }: OperationContext,
  ): Promise<ObjectStat | undefined> {
    checkKey(key);
    signal.throwIfAborted();
    try {
      const stats = await lstat(this.#layout.file(key), { bigint: true });
      return stats.isFile() ? told(stats) : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw fromSystem(error, this.#layout.file(key));
    }
  }

  async *list(
    { prefix }: { readonly prefix: string },
    { signal }: OperationContext,
  ): AsyncGenerator<ListedObject> {
    checkPrefix(prefix);
    signal.throwIfAborted();
    try {
      yield* walk(this.#layout.directory, prefix, signal);
    } catch (error) {
      throw signal.aborted ? error : fromSystem(error, this.#layout.directory);
    }
  }

  async put(request: PutRequest, { signal }: OperationContext): Promise<ObjectStat> {
    checkKey(request.key);
    return this.#writer.put(request, signal);
  }

  async delete({ key }: { readonly key: string }, { signal }: OperationContext): Promise<void> {
    checkKey(key);
    await this.#writer.delete(key, signal);
  }

  async check(_context: OperationContext): Promise<readonly Problem[]> {
    return checkDirectory(this.#layout);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is held between calls.
  }

  async #told<T>(key: string, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (isMissing(error)) throw errors.HWS_STORAGE_NOT_FOUND([key]);
      throw fromSystem(error, this.#layout.file(key));
    }
  }
}

function told(stats: BigIntStats): ObjectStat {
  return { etag: etagOf(stats), sizeBytes: Number(stats.size) };
}

/** Also what a symbolic link gives (`ELOOP`): links are never objects. */
function isMissing(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR", "ELOOP"].includes(systemCode(error) ?? "");
}

function stopWith(stream: Readable, signal: AbortSignal): void {
  // Many objects are read under the signal of one run, which Node would take for a leak.
  setMaxListeners(0, signal);
  const stop = () => stream.destroy(signal.reason as Error);
  signal.addEventListener("abort", stop, { once: true });
  stream.once("close", () => signal.removeEventListener("abort", stop));
}
