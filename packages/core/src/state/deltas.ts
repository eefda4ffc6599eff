import { parseHeaders, renderHeaders } from "../artifact/record-text.ts";
import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { Doomed } from "./doomed.ts";
import { layout } from "./fields.ts";
import { type ApplicationKeys, applicationKeys, type DeltaPlace } from "./keys.ts";
import { readObject } from "./object.ts";
import { type KnownBytes, upload } from "./upload.ts";

/** A delta as it lies in storage. */
export interface StoredDelta {
  readonly key: string;
  readonly sizeBytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** What instances fetch to come from one release to another. Whatever is stored here may be made again. */
export class Deltas {
  readonly #storage: Storage;
  readonly #keys: ApplicationKeys;
  readonly #doomed: Doomed;

  constructor(storage: Storage, application: string) {
    this.#storage = storage;
    this.#keys = applicationKeys(application);
    this.#doomed = new Doomed(storage, application);
  }

  /** The delta when it is there whole. From this answer on no prune deletes it before its grace has passed again. */
  async find(place: DeltaPlace, context: OperationContext): Promise<StoredDelta | undefined> {
    const key = this.#keys.deltaRecord(place);
    const found = await readObject(this.#storage, key, context);
    if (found === undefined) return undefined;
    const known = parseRecord(found.bytes, key, place);
    const bytes = this.#keys.deltaBytes(place, known.sha256);
    await this.#doomed.rescue([key, bytes], context);
    const { sizeBytes } = (await this.#storage.stat({ key: bytes }, context)) ?? {};
    return sizeBytes === known.sizeBytes ? { ...known, key: bytes } : undefined;
  }

  /** Stores it unless it is there: the bytes first, then the record that makes them count. Gives what is stored. */
  async put(place: DeltaPlace, delta: KnownBytes, context: OperationContext): Promise<StoredDelta> {
    const there = await this.find(place, context);
    if (there !== undefined) return there;
    await upload(this.#storage, this.#keys.deltaBytes(place, delta.sha256), delta, context);
    const key = this.#keys.deltaRecord(place);
    const body = renderRecord(place, delta);
    const present = await this.#storage.stat({ key }, context);
    // A record whose bytes are gone is replaced; otherwise it is made once and never changed.
    const condition = present === undefined ? { ifAbsent: true } : { ifMatch: present.etag };
    try {
      await this.#storage.put({ key, body, sizeBytes: body.length, ...condition }, context);
    } catch (error) {
      if (!HawserError.is(error, "HWS_STORAGE_CONFLICT")) throw error;
    }
    const stored = await this.find(place, context);
    if (stored === undefined) throw stateErrors.HWS_STATE_ARTIFACT_MISSING([key]);
    return stored;
  }
}

const renderRecord = ({ target, base, lender }: DeltaPlace, { sizeBytes, sha256 }: KnownBytes): Buffer =>
  renderHeaders([
    ["hawser-delta", layout],
    ["manifest", target],
    ["base", base],
    ...(lender === undefined ? [] : [["lender", lender] as const]),
    ["form", "tar.gz"],
    ["size", sizeBytes],
    ["digest", sha256],
  ]);

const parseRecord = (bytes: Buffer, key: string, { target, base }: DeltaPlace) => {
  try {
    const headers = parseHeaders(bytes);
    const found = headers.number("hawser-delta");
    if (found > layout) throw stateErrors.HWS_STATE_NEWER([key, found]);
    headers.match("form", /^tar\.gz$/);
    if (headers.text("manifest") !== target || headers.text("base") !== base)
      throw new Error("the record is of another delta");
    return { sizeBytes: headers.number("size"), sha256: headers.match("digest", /^[0-9a-f]{64}$/) };
  } catch (error) {
    if (HawserError.is(error, "HWS_STATE_NEWER")) throw error;
    throw stateErrors.HWS_STATE_CORRUPT([key, "is no record of a delta"], { cause: error });
  }
};
