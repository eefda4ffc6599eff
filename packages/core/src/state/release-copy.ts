import { pipeline } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { parseRecord, type ReleaseRecord } from "../artifact/release-record.ts";
import type { OperationContext } from "../contracts/common.ts";
import type { PutRequest, Storage, StorageReader } from "../contracts/storage.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { checkedStream } from "./content.ts";
import { Doomed } from "./doomed.ts";
import { applicationKeys } from "./keys.ts";
import { mapLimited } from "./limited.ts";
import { readObject, swap } from "./object.ts";
import { contentKeys } from "./release-keys.ts";

/** What was copied of a release; nothing when both read one storage, or it was copied before. */
export interface ReleaseCopy {
  readonly objects: number;
  readonly bytes: number;
}

const tries = 3;
const atOnce = 4;

/**
 * Brings a release from one storage into another as it is, byte for byte: what it is made of first, its record last. What
 * lies there already stays; another release of its id is `HWS_PROMOTION_TAKEN`, and nothing is copied then.
 */
export async function copyRelease(
  request: {
    readonly from: StorageReader;
    readonly to: Storage;
    readonly application: string;
    readonly release: string;
    /** Whether the target's config has recipients: then nothing of a release that is stored in plain gets there. */
    readonly sealed?: boolean;
  },
  context: OperationContext,
): Promise<ReleaseCopy> {
  const { from, to, application, release } = request;
  const key = applicationKeys(application).release(release);
  const found = await readObject(from, key, context);
  if (found === undefined) throw engineErrors.HWS_RELEASE_UNKNOWN([release]);
  const record = parseRecord(found.bytes);
  if (record.id !== release || record.application !== application)
    throw stateErrors.HWS_STATE_CORRUPT([key, `is the record of ${record.application} ${record.id}`]);
  await refuseTaken(to, key, found.bytes, release, context);
  const keys = await contentKeys(from, application, record, context);
  refuseHalf(keys, application, record);
  if (request.sealed === true && keys.some(isPlain)) throw engineErrors.HWS_PROMOTION_PLAIN([release]);
  // What a prune of the target has marked is needed again, before it is found to be there.
  await new Doomed(to, application).rescue([...keys, key], context);
  const copier = new Copier(from, to, context);
  const isRecord = (each: string): boolean => each.includes("/forms/");
  const bytes = keys.filter((each) => !isRecord(each));
  await mapLimited(bytes, (each) => copier.copy(each), atOnce);
  for (const form of keys.filter(isRecord)) await copier.copy(form);
  if ((await to.stat({ key }, context)) === undefined) {
    const swapped = await swap(to, { key, bytes: found.bytes, expected: null }, context);
    if (!swapped.won) throw engineErrors.HWS_PROMOTION_TAKEN([release]);
    copier.count(found.bytes.length);
  }
  return { objects: copier.objects, bytes: copier.bytes };
}

const refuseTaken = async (
  to: StorageReader,
  key: string,
  bytes: Buffer,
  release: string,
  context: OperationContext,
): Promise<void> => {
  const there = await readObject(to, key, context);
  if (there !== undefined && !there.bytes.equals(bytes)) throw engineErrors.HWS_PROMOTION_TAKEN([release]);
};

/** A record whose bytes are gone would name nothing in the target too. */
const refuseHalf = (keys: readonly string[], application: string, record: ReleaseRecord): void => {
  const { manifest, artifact } = applicationKeys(application);
  const below = artifact(record.artifact);
  if (!keys.some((key) => key.startsWith(manifest(record.manifest))))
    throw stateErrors.HWS_STATE_MANIFEST_MISSING([record.manifest]);
  for (const part of ["bytes/", "forms/"])
    if (!keys.some((key) => key.startsWith(`${below}${part}`)))
      throw stateErrors.HWS_STATE_ARTIFACT_MISSING([record.artifact]);
};

/** Keys of a manifest or of a form's record that is not sealed. */
const isPlain = (key: string): boolean => /\/(?:manifests|forms)\//.test(key) && !key.endsWith(".age");

/** The digest that a key says its bytes have, when it is one that does. */
const digestOf = (key: string): string | undefined =>
  /\/(?:manifests|artifacts\/[0-9a-f]{64}\/bytes)\/([0-9a-f]{64})$/.exec(key)?.[1];

/** Copies objects one by one, and counts what it copied. */
class Copier {
  objects = 0;
  bytes = 0;
  readonly #from: StorageReader;
  readonly #to: Storage;
  readonly #context: OperationContext;

  constructor(from: StorageReader, to: Storage, context: OperationContext) {
    this.#from = from;
    this.#to = to;
    this.#context = context;
  }

  count(bytes: number): void {
    this.objects += 1;
    this.bytes += bytes;
    this.#context.progress({ bytes: this.bytes });
  }

  /** A stream cannot be read twice, so that nobody but its opener can try again. */
  async copy(key: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(key);
      } catch (error) {
        const again = HawserError.is(error) && error.retryable && attempt < tries;
        if (!again || this.#context.signal.aborted) throw error;
        await sleep(250 * 2 ** attempt, undefined, { signal: this.#context.signal });
      }
    }
  }

  async #once(key: string): Promise<void> {
    const there = await this.#to.stat({ key }, this.#context);
    const sha256 = digestOf(key);
    const stored = await this.#from.stat({ key }, this.#context);
    if (stored === undefined) throw stateErrors.HWS_STATE_CORRUPT([key, "is gone while it is copied"]);
    const { sizeBytes } = stored;
    // A record that lies there is the target's own word on bytes of its own; content of another length is damaged.
    if (there !== undefined && (sha256 === undefined || there.sizeBytes === sizeBytes)) return;
    const { stream } = await this.#from.get({ key }, this.#context);
    const body =
      sha256 === undefined
        ? stream
        : pipeline(stream, checkedStream(key, { sha256, sizeBytes }), () => undefined);
    const condition = there === undefined ? { ifAbsent: true } : { ifMatch: there.etag };
    try {
      await this.#put({ key, body, sizeBytes, ...condition });
    } finally {
      body.destroy();
      stream.destroy();
    }
    this.count(sizeBytes);
  }

  async #put(request: PutRequest): Promise<void> {
    try {
      await this.#to.put(request, this.#context);
    } catch (error) {
      // Whoever was faster stored the same.
      if (!HawserError.is(error, "HWS_STORAGE_CONFLICT")) throw error;
    }
  }
}
