import { createHash } from "node:crypto";
import { Transform } from "node:stream";
import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { readObject } from "./object.ts";

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Reads an object that is named by its digest; other bytes are `HWS_STATE_ARTIFACT_DIFFERS`. */
export async function readContent(
  storage: Storage,
  key: string,
  digest: string,
  context: OperationContext,
  maxBytes?: number,
): Promise<Buffer | undefined> {
  const found = await readObject(storage, key, context, maxBytes);
  if (found === undefined) return undefined;
  if (`sha256-${sha256(found.bytes)}` !== digest) throw stateErrors.HWS_STATE_ARTIFACT_DIFFERS([key]);
  return found.bytes;
}

/** Stores bytes under their digest unless they are there; `claim` keeps a prune from deleting them. */
export async function writeContent(
  storage: Storage,
  keyOf: (digest: string) => string,
  bytes: Uint8Array,
  claim: (key: string) => Promise<void>,
  context: OperationContext,
): Promise<string> {
  const digest = `sha256-${sha256(bytes)}`;
  const key = keyOf(digest);
  await claim(key);
  const stored = await storage.stat({ key }, context);
  if (stored?.sizeBytes === bytes.length) return digest;
  // An object of another length is damaged: only then is it replaced.
  const condition = stored === undefined ? { ifAbsent: true } : { ifMatch: stored.etag };
  try {
    await storage.put({ key, body: bytes, sizeBytes: bytes.length, ...condition }, context);
  } catch (error) {
    // Whoever was faster stored the same bytes.
    if (!HawserError.is(error, "HWS_STORAGE_CONFLICT")) throw error;
  }
  return digest;
}

/**
 * Passes bytes on while it digests them. The last piece is held back until length and digest are known to be right,
 * so that wrong bytes never arrive whole.
 */
export function checkedStream(what: string, expected: { sha256: string; sizeBytes: number }): Transform {
  const hash = createHash("sha256");
  let length = 0;
  let held: Buffer | undefined;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      length += chunk.length;
      const ready = held;
      held = chunk;
      if (ready === undefined) done();
      else done(null, ready);
    },
    flush(done) {
      const right = length === expected.sizeBytes && hash.digest("hex") === expected.sha256;
      if (right) done(null, held);
      else done(stateErrors.HWS_STATE_ARTIFACT_DIFFERS([what]));
    },
  });
}
