import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { OperationContext } from "../contracts/common.ts";
import type { Storage, StorageReader } from "../contracts/storage.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { stateErrors } from "../errors/state-codes.ts";

/** A small object as it is in storage. */
export interface StoredObject {
  readonly bytes: Buffer;
  readonly etag: string;
}

/** No object of central state is larger, manifests and artifacts excepted. */
const maxStateBytes = 1024 * 1024;

/** How often an object is opened whose bytes are cut on the way. */
const readings = 4;

/**
 * Reads a whole object; undefined when it is missing. A larger one than `maxBytes` is not read. Whoever opens a stream is
 * the only one who can open it again: bytes that are cut on the way are asked for once more.
 */
export async function readObject(
  storage: StorageReader,
  key: string,
  context: OperationContext,
  maxBytes: number = maxStateBytes,
): Promise<StoredObject | undefined> {
  for (let reading = 1; ; reading++) {
    const opened = await storage.get({ key }, context).catch((error: unknown) => {
      if (HawserError.is(error, "HWS_STORAGE_NOT_FOUND")) return undefined;
      throw error;
    });
    if (opened === undefined) return undefined;
    const { stream, etag, sizeBytes } = opened;
    if (sizeBytes > maxBytes) {
      stream.on("error", () => undefined).destroy();
      throw stateErrors.HWS_STATE_CORRUPT([key, `has ${sizeBytes} bytes, more than ${maxBytes}`]);
    }
    try {
      return { bytes: await gather(stream, key, maxBytes), etag };
    } catch (error) {
      const again = HawserError.is(error) && error.retryable && reading < readings && !context.signal.aborted;
      if (!again) throw error;
      await sleep(100 * 2 ** reading, undefined, { signal: context.signal });
    }
  }
}

const gather = async (stream: Readable, key: string, maxBytes: number): Promise<Buffer> => {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += (chunk as Buffer).length;
    if (length > maxBytes) throw stateErrors.HWS_STATE_CORRUPT([key, `has more than ${maxBytes} bytes`]);
    parts.push(chunk as Buffer);
  }
  return Buffer.concat(parts);
};

/** Stands in every conditional write: etags may repeat, a nonce does not, so equal bytes are one's own write. */
export const freshNonce = (): string => randomBytes(16).toString("hex");

export type Swapped =
  | { readonly won: true; readonly etag: string }
  | { readonly won: false; readonly found: StoredObject | undefined };

const attempts = 4;

/**
 * A conditional write whose outcome is known. `expected` is the etag that the object must still have, null when it
 * must be missing. After an answer that says nothing (time-out, 5xx, a conflict with one's own first try) the object
 * is read again: equal bytes are this write, an unchanged object is tried again with the same bytes, so that a late
 * first try and the second are the same write.
 */
export async function swap(
  storage: Storage,
  request: { readonly key: string; readonly bytes: Buffer; readonly expected: string | null },
  context: OperationContext,
): Promise<Swapped> {
  const { key, bytes, expected } = request;
  const condition = expected === null ? { ifAbsent: true } : { ifMatch: expected };
  for (let attempt = 1; ; attempt++) {
    try {
      const { etag } = await storage.put(
        { key, body: bytes, sizeBytes: bytes.length, ...condition },
        context,
      );
      return { won: true, etag };
    } catch (error) {
      if (context.signal.aborted || !isAmbiguous(error)) throw error;
      const found = await readObject(storage, key, context);
      if (found?.bytes.equals(bytes)) return { won: true, etag: found.etag };
      if ((found?.etag ?? null) !== expected) return { won: false, found };
      if (attempt === attempts) throw error;
      await sleep(20 * 2 ** attempt * (1 + Math.random()), undefined, { signal: context.signal });
    }
  }
}

/** A refusal that can never have stored anything is final; every other failure may hide a success. */
function isAmbiguous(error: unknown): boolean {
  return !HawserError.is(error) || error.retryable || error.code === "HWS_STORAGE_CONFLICT";
}
