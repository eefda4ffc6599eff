import { parseHeaders, renderHeaders } from "../artifact/record-text.ts";
import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { signingErrors } from "../errors/signing-codes.ts";
import { stateErrors } from "../errors/state-codes.ts";
import type { Signatures } from "../signing/signatures.ts";
import { layout } from "./fields.ts";
import { applicationKeys } from "./keys.ts";
import { readObject } from "./object.ts";

/**
 * Says of an install plan that somebody made it who may sign. Marks and journals name plans and are not signed: without
 * this whoever writes to storage could name a plan of his own, and a rollback would run its commands.
 */
export class PlanProofs {
  readonly #storage: Storage;
  readonly #application: string;
  readonly #signatures: Signatures;

  constructor(storage: Storage, application: string, signatures: Signatures) {
    this.#storage = storage;
    this.#application = application;
    this.#signatures = signatures;
  }

  /** Does nothing where nothing is signed, and where the proof is there and holds. */
  async put(digest: string, context: OperationContext): Promise<void> {
    if (this.#signatures.trust === undefined) return;
    const key = applicationKeys(this.#application).planProof(digest);
    const found = await readObject(this.#storage, key, context);
    if (found !== undefined && this.#holds(found.bytes, key, digest)) return;
    const body = await this.#signatures.sign(
      renderPlanProof(this.#application, digest),
      "hawser-plan@v1",
      context,
    );
    const condition = found === undefined ? { ifAbsent: true } : { ifMatch: found.etag };
    try {
      await this.#storage.put({ key, body, sizeBytes: body.length, ...condition }, context);
    } catch (error) {
      // Whoever was faster proved the same.
      if (!HawserError.is(error, "HWS_STORAGE_CONFLICT")) throw error;
    }
  }

  /** Throws when the plan is not proved to be one of this application's signers. */
  async check(digest: string, context: OperationContext): Promise<void> {
    if (this.#signatures.trust === undefined) return;
    const key = applicationKeys(this.#application).planProof(digest);
    const found = await readObject(this.#storage, key, context);
    if (found === undefined) throw signingErrors.HWS_SIGNATURE_MISSING([`the install plan ${digest}`]);
    this.#prove(found.bytes, key, digest);
  }

  #holds(bytes: Buffer, key: string, digest: string): boolean {
    try {
      this.#prove(bytes, key, digest);
      return true;
    } catch {
      return false;
    }
  }

  #prove(bytes: Buffer, key: string, digest: string): void {
    const headers = parseHeaders(this.#signatures.open(bytes, "hawser-plan@v1", key));
    const found = headers.number("hawser-plan");
    if (found > layout) throw stateErrors.HWS_STATE_NEWER([key, found]);
    if (headers.text("application") !== this.#application || headers.text("plan") !== digest) {
      throw stateErrors.HWS_STATE_CORRUPT([key, "is about another plan"]);
    }
  }
}

export const renderPlanProof = (application: string, digest: string): Buffer =>
  renderHeaders([
    ["hawser-plan", layout],
    ["application", application],
    ["plan", digest],
  ]);
