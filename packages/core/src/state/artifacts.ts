import { pipeline, type Readable } from "node:stream";
import { type FormName, formNames } from "../artifact/form-name.ts";
import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { FileBody } from "../plugin/file-body.ts";
import { noSignatures, type Signatures } from "../signing/signatures.ts";
import { checkedStream } from "./content.ts";
import { Doomed } from "./doomed.ts";
import { parseForm, renderForm, type StoredForm } from "./form-record.ts";
import { type ApplicationKeys, applicationKeys } from "./keys.ts";
import { readObject } from "./object.ts";
import { upload } from "./upload.ts";

export interface ArtifactForm extends StoredForm {
  /** `sha256-<64 hex>` of the canonical tar. */
  readonly digest: string;
  /** The file that holds the stored bytes. */
  readonly path: string;
}

/** A stored form and where its bytes lie. */
export interface PlacedForm extends StoredForm {
  readonly key: string;
}

export interface OpenedArtifactForm extends StoredForm {
  readonly stream: Readable;
}

/** The stored forms of the artifacts of one application, by the artifact's digest. */
export class Artifacts {
  readonly #storage: Storage;
  readonly #keys: ApplicationKeys;
  readonly #doomed: Doomed;
  readonly #signatures: Signatures;

  constructor(storage: Storage, application: string, signatures: Signatures = noSignatures) {
    this.#storage = storage;
    this.#signatures = signatures;
    this.#keys = applicationKeys(application);
    this.#doomed = new Doomed(storage, application);
  }

  /** Whether this form is stored whole; a sealed one counts only when it was sealed to this set of recipients. */
  async has(
    digest: string,
    { form, recipients }: { readonly form: FormName; readonly recipients?: string | undefined },
    context: OperationContext,
  ): Promise<boolean> {
    const stored = await this.find(digest, form, context);
    if (stored === undefined || stored.recipients !== recipients) return false;
    const bytes = this.#keys.bytes(digest, stored.sha256);
    await this.#doomed.rescue([this.#keys.form(digest, form), bytes], context);
    return (await this.#storage.stat({ key: bytes }, context))?.sizeBytes === stored.sizeBytes;
  }

  async find(digest: string, form: FormName, context: OperationContext): Promise<StoredForm | undefined> {
    const key = this.#keys.form(digest, form);
    const found = await readObject(this.#storage, key, context);
    return found && parseForm(this.#signatures.open(found.bytes, "hawser-form@v1", key), key, digest, form);
  }

  /** Every form that is stored, the one that is cheapest to open first. */
  async forms(digest: string, context: OperationContext): Promise<readonly StoredForm[]> {
    const found = await Promise.all(formNames.map((form) => this.find(digest, form, context)));
    return found.filter((stored) => stored !== undefined);
  }

  /** Where the bytes of the first of these forms that is stored lie, without a look at them. */
  async place(
    digest: string,
    wanted: readonly FormName[],
    context: OperationContext,
  ): Promise<PlacedForm | undefined> {
    for (const form of wanted) {
      const stored = await this.find(digest, form, context);
      if (stored !== undefined) return { ...stored, key: this.#keys.bytes(digest, stored.sha256) };
    }
    return undefined;
  }

  async put(artifact: ArtifactForm, context: OperationContext): Promise<void> {
    const { digest, form, path, sizeBytes, sha256 } = artifact;
    if (await this.has(digest, artifact, context)) return;
    const bytes = { sizeBytes, sha256, open: () => new FileBody(path) };
    await upload(this.#storage, this.#keys.bytes(digest, sha256), bytes, context);
    const body = await this.#signatures.sign(renderForm(digest, artifact), "hawser-form@v1", context);
    const key = this.#keys.form(digest, form);
    const present = await this.#storage.stat({ key }, context);
    // A record whose bytes are gone, or are sealed to others, is replaced; otherwise it is made once and never changed.
    const condition = present === undefined ? { ifAbsent: true } : { ifMatch: present.etag };
    try {
      await this.#storage.put({ key, body, sizeBytes: body.length, ...condition }, context);
    } catch (error) {
      if (!HawserError.is(error, "HWS_STORAGE_CONFLICT")) throw error;
    }
    if (!(await this.has(digest, artifact, context))) throw stateErrors.HWS_STATE_ARTIFACT_MISSING([digest]);
  }

  /** The stored bytes; the stream fails when they are not those of the record. */
  async open(digest: string, stored: StoredForm, context: OperationContext): Promise<OpenedArtifactForm> {
    const key = this.#keys.bytes(digest, stored.sha256);
    try {
      const { stream } = await this.#storage.get({ key }, context);
      return { ...stored, stream: pipeline(stream, checkedStream(key, stored), () => undefined) };
    } catch (error) {
      if (!HawserError.is(error, "HWS_STORAGE_NOT_FOUND")) throw error;
      throw stateErrors.HWS_STATE_ARTIFACT_MISSING([digest], { cause: error });
    }
  }
}
