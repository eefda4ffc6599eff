import { Readable } from "node:stream";
import {
  defineErrors,
  type ListedObject,
  type Makers,
  type ObjectStat,
  type OperationContext,
  type PutRequest,
  type Storage,
} from "@hawser/core/plugin";

const entries = {
  HWS_STORAGE_NOT_FOUND: { message: (key: string): string => `there is no object ${key} in storage` },
  HWS_STORAGE_CONFLICT: { message: (key: string): string => `${key} was stored by somebody else first` },
  HWS_STORAGE_KEY_INVALID: {
    message: (key: string): string => `${JSON.stringify(key)} cannot name an object`,
  },
  HWS_STORAGE_TRUNCATED: {
    message: (key: string, expected: number, actual: number): string =>
      `${key} has ${actual} bytes where ${expected} were promised`,
  },
};
const errors: Makers<typeof entries> = defineErrors(entries);

const segment = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

interface StoredObject {
  readonly bytes: Buffer;
  readonly etag: string;
}

export interface MemoryStorageOptions {
  /** How an object's etag is made. Default: another for every put. Object stores often take a digest of the bytes. */
  etagOf?(bytes: Buffer, generation: number): string;
}

/** A storage in the memory of one process, for tests of what stands on a storage. */
export class MemoryStorage implements Storage {
  readonly #objects = new Map<string, StoredObject>();
  readonly #etagOf: (bytes: Buffer, generation: number) => string;
  #generation = 0;

  constructor({ etagOf = (_, generation) => `g${generation}` }: MemoryStorageOptions = {}) {
    this.#etagOf = etagOf;
  }

  async get(
    { key }: { readonly key: string },
    { signal }: OperationContext,
  ): Promise<ObjectStat & { readonly stream: Readable }> {
    const object = await this.#find(key, signal);
    if (object === undefined) throw errors.HWS_STORAGE_NOT_FOUND([key]);
    return { ...told(object), stream: Readable.from(chunks(object.bytes), { signal, objectMode: false }) };
  }

  async stat(
    { key }: { readonly key: string },
    { signal }: OperationContext,
  ): Promise<ObjectStat | undefined> {
    const object = await this.#find(key, signal);
    return object && told(object);
  }

  async *list(
    { prefix }: { readonly prefix: string },
    { signal }: OperationContext,
  ): AsyncGenerator<ListedObject> {
    checkPrefix(prefix);
    for (const key of [...this.#objects.keys()].sort()) {
      signal.throwIfAborted();
      const object = this.#objects.get(key);
      if (object !== undefined && key.startsWith(prefix)) yield { key, sizeBytes: object.bytes.length };
    }
  }

  async put(request: PutRequest, { signal }: OperationContext): Promise<ObjectStat> {
    const { key, sizeBytes, ifAbsent, ifMatch } = request;
    checkKey(key);
    const bytes = await collect(request, signal);
    signal.throwIfAborted();
    if (bytes.length !== sizeBytes) throw errors.HWS_STORAGE_TRUNCATED([key, sizeBytes, bytes.length]);
    const current = this.#objects.get(key);
    if (ifAbsent && current !== undefined) throw errors.HWS_STORAGE_CONFLICT([key]);
    if (ifMatch !== undefined && current?.etag !== ifMatch) throw errors.HWS_STORAGE_CONFLICT([key]);
    this.#generation += 1;
    const object = { bytes, etag: this.#etagOf(bytes, this.#generation) };
    this.#objects.set(key, object);
    return told(object);
  }

  async delete({ key }: { readonly key: string }, { signal }: OperationContext): Promise<void> {
    checkKey(key);
    signal.throwIfAborted();
    this.#objects.delete(key);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing to free: what was stored may still be read.
  }

  async #find(key: string, signal: AbortSignal): Promise<StoredObject | undefined> {
    checkKey(key);
    signal.throwIfAborted();
    // Real storages answer in a later turn of the event loop; races must be able to show.
    await new Promise((resolve) => setImmediate(resolve));
    return this.#objects.get(key);
  }
}

function told({ etag, bytes }: StoredObject): ObjectStat {
  return { etag, sizeBytes: bytes.length };
}

function* chunks(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

async function collect({ body, sizeBytes }: PutRequest, signal: AbortSignal): Promise<Buffer> {
  if (body instanceof Uint8Array) return Buffer.from(body);
  const stop = () => body.destroy(signal.reason as Error);
  signal.addEventListener("abort", stop, { once: true });
  try {
    if (signal.aborted) stop();
    const parts: Buffer[] = [];
    let length = 0;
    for await (const chunk of body) {
      parts.push(Buffer.from(chunk as Uint8Array));
      length += (chunk as Uint8Array).length;
      if (length > sizeBytes) break;
    }
    return Buffer.concat(parts);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function checkKey(key: string): void {
  if (key.length > 900 || !key.split("/").every((part) => segment.test(part)))
    throw errors.HWS_STORAGE_KEY_INVALID([key]);
}

function checkPrefix(prefix: string): void {
  const parts = prefix.split("/");
  const last = parts.pop() ?? "";
  if (!parts.every((part) => segment.test(part)) || (last !== "" && !segment.test(last))) {
    throw errors.HWS_STORAGE_KEY_INVALID([prefix]);
  }
}
