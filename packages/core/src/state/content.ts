import { createHash } from "node:crypto";
import { Transform } from "node:stream";
import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { stateErrors } from "../errors/state-codes.ts";
import type { BodyCheck } from "../plugin/file-body.ts";
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

/** What bytes are expected to be. */
export interface ExpectedBytes {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Digests bytes that pass; at their end other ones are `HWS_STATE_ARTIFACT_DIFFERS`. */
export class DigestCheck implements BodyCheck {
  readonly #what: string;
  readonly #expected: ExpectedBytes;
  readonly #hash = createHash("sha256");
  #length = 0;

  constructor(what: string, expected: ExpectedBytes) {
    this.#what = what;
    this.#expected = expected;
  }

  take(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#length += bytes.length;
  }

  end(): void {
    const { sha256: digest, sizeBytes } = this.#expected;
    if (this.#length !== sizeBytes || this.#hash.digest("hex") !== digest)
      throw stateErrors.HWS_STATE_ARTIFACT_DIFFERS([this.#what]);
  }
}

/**
 * Passes bytes on while it digests them. The last piece is held back until length and digest are known to be right,
 * so that wrong bytes never arrive whole.
 */
export function checkedStream(what: string, expected: ExpectedBytes): Transform {
  const check = new DigestCheck(what, expected);
  let held: Buffer | undefined;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      check.take(chunk);
      const ready = held;
      held = chunk;
      if (ready === undefined) done();
      else done(null, ready);
    },
    flush(done) {
      try {
        check.end();
        done(null, held);
      } catch (error) {
        done(error as Error);
      }
    },
  });
}
