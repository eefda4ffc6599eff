import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { parseHeaders, renderHeaders } from "../artifact/record-text.ts";
import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { checkedStream } from "./content.ts";
import { Doomed } from "./doomed.ts";
import { layout } from "./fields.ts";
import { type ApplicationKeys, applicationKeys } from "./keys.ts";
import { readObject } from "./object.ts";

/** One form in which an artifact is stored. */
export interface StoredForm {
  readonly form: "tar.gz";
  readonly sizeBytes: number;
  /** Of the stored bytes, 64 hexadecimal digits. */
  readonly sha256: string;
}

export interface ArtifactForm extends StoredForm {
  /** `sha256-<64 hex>` of the canonical tar. */
  readonly digest: string;
  /** The file that holds the stored bytes. */
  readonly path: string;
}

export interface OpenedArtifactForm extends StoredForm {
  readonly stream: Readable;
}

const form = "tar.gz";
const uploads = 3;

/** Artifacts of one application by their digest. */
export class Artifacts {
  readonly #storage: Storage;
  readonly #keys: ApplicationKeys;
  readonly #doomed: Doomed;

  constructor(storage: Storage, application: string) {
    this.#storage = storage;
    this.#keys = applicationKeys(application);
    this.#doomed = new Doomed(storage, application);
  }

  async has(digest: string, context: OperationContext): Promise<boolean> {
    const stored = await this.find(digest, context);
    if (stored === undefined) return false;
    const bytes = this.#keys.bytes(digest, stored.sha256);
    await this.#doomed.rescue([this.#keys.form(digest, form), bytes], context);
    return (await this.#storage.stat({ key: bytes }, context))?.sizeBytes === stored.sizeBytes;
  }

  async find(digest: string, context: OperationContext): Promise<StoredForm | undefined> {
    const key = this.#keys.form(digest, form);
    const found = await readObject(this.#storage, key, context);
    return found && parseForm(found.bytes, key, digest);
  }

  async put(artifact: ArtifactForm, context: OperationContext): Promise<void> {
    const { digest } = artifact;
    if (await this.has(digest, context)) return;
    await this.#upload(artifact, context);
    const body = renderForm(artifact);
    const key = this.#keys.form(digest, form);
    const present = await this.#storage.stat({ key }, context);
    // A record whose bytes are gone is replaced; otherwise it is made once and never changed.
    const condition = present === undefined ? { ifAbsent: true } : { ifMatch: present.etag };
    try {
      await this.#storage.put({ key, body, sizeBytes: body.length, ...condition }, context);
    } catch (error) {
      if (!HawserError.is(error, "HWS_STORAGE_CONFLICT")) throw error;
    }
    if (!(await this.has(digest, context))) throw stateErrors.HWS_STATE_ARTIFACT_MISSING([digest]);
  }

  async open(digest: string, context: OperationContext): Promise<OpenedArtifactForm> {
    const stored = await this.find(digest, context);
    if (stored === undefined) throw stateErrors.HWS_STATE_ARTIFACT_MISSING([digest]);
    const key = this.#keys.bytes(digest, stored.sha256);
    try {
      const { stream } = await this.#storage.get({ key }, context);
      return { ...stored, stream: pipeline(stream, checkedStream(key, stored), () => undefined) };
    } catch (error) {
      if (!HawserError.is(error, "HWS_STORAGE_NOT_FOUND")) throw error;
      throw stateErrors.HWS_STATE_ARTIFACT_MISSING([digest], { cause: error });
    }
  }

  /** A stream cannot be read twice, so that nobody but its opener can try again. */
  async #upload(artifact: ArtifactForm, context: OperationContext): Promise<void> {
    const { digest, path, sizeBytes, sha256 } = artifact;
    const key = this.#keys.bytes(digest, sha256);
    for (let attempt = 1; ; attempt++) {
      const body = pipeline(createReadStream(path), checkedStream(path, artifact), () => undefined);
      try {
        await this.#storage.put({ key, body, sizeBytes, sha256, ifAbsent: true }, context);
        return;
      } catch (error) {
        if (HawserError.is(error, "HWS_STORAGE_CONFLICT")) return;
        const again = HawserError.is(error) && error.retryable && attempt < uploads;
        if (!again) throw error;
        await sleep(250 * 2 ** attempt, undefined, { signal: context.signal });
      } finally {
        body.destroy();
      }
    }
  }
}

/** Line text: an instance that starts by itself reads it. */
function renderForm({ digest, sizeBytes, sha256 }: ArtifactForm): Buffer {
  return renderHeaders([
    ["hawser-artifact", layout],
    ["artifact", digest],
    ["form", form],
    ["size", sizeBytes],
    ["digest", sha256],
  ]);
}

function parseForm(bytes: Buffer, key: string, digest: string): StoredForm {
  try {
    const headers = parseHeaders(bytes);
    const found = headers.number("hawser-artifact");
    if (found > layout) throw stateErrors.HWS_STATE_NEWER([key, found]);
    headers.match("form", /^tar\.gz$/);
    if (headers.text("artifact") !== digest) throw new Error("the record is of another artifact");
    return { form, sizeBytes: headers.number("size"), sha256: headers.match("digest", /^[0-9a-f]{64}$/) };
  } catch (error) {
    if (HawserError.is(error, "HWS_STATE_NEWER")) throw error;
    throw stateErrors.HWS_STATE_CORRUPT([key, "is no record of an artifact's form"], { cause: error });
  }
}
