import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { signingErrors } from "../errors/signing-codes.ts";
import { stateErrors } from "../errors/state-codes.ts";
import type { Namespace } from "../signing/namespace.ts";
import { isSigned, takeApart } from "../signing/section.ts";
import type { Signatures } from "../signing/signatures.ts";
import { SshSignature } from "../signing/ssh-signature.ts";
import { readObject, swap } from "./object.ts";
import { PlanProofs } from "./plan-proofs.ts";

export interface ResignRequest {
  /** Sign what has no signature, too: its state as it lies in storage is vouched for. */
  readonly unsigned: boolean;
}

export interface Resigned {
  readonly signed: number;
  /** Signed by the present key already. */
  readonly kept: number;
  /** Whose signature does not hold, or that has none: left as they are. */
  readonly refused: readonly { readonly key: string; readonly error: HawserError }[];
}

/** Which objects are signed, and for what. */
const rules: readonly (readonly [RegExp, Namespace])[] = [
  [/^releases\/[0-9]{6,12}\/record$/, "hawser-release@v1"],
  [/^artifacts\/[0-9a-f]{64}\/forms\/[a-z.]+$/, "hawser-form@v1"],
  [/^plans\/[0-9a-f]{64}\.signed$/, "hawser-plan@v1"],
  [/^(?:top|environments\/[^/]+)\/desired$/, "hawser-desired@v1"],
];

/** Signs with the present key what is stored: when signing begins, and before the key of before is removed. */
export class Resigning {
  readonly #storage: Storage;
  readonly #application: string;
  readonly #signatures: Signatures;
  #signed = 0;
  #kept = 0;
  readonly #refused: { key: string; error: HawserError }[] = [];

  constructor(storage: Storage, application: string, signatures: Signatures) {
    this.#storage = storage;
    this.#application = application;
    this.#signatures = signatures;
  }

  async run({ unsigned }: ResignRequest, context: OperationContext): Promise<Resigned> {
    const present = await this.#presentKey(context);
    const prefix = `${this.#application}/`;
    const names: string[] = [];
    for await (const { key } of this.#storage.list({ prefix }, context)) names.push(key.slice(prefix.length));
    for (const name of names) {
      context.signal.throwIfAborted();
      const [, namespace] = rules.find(([fits]) => fits.test(name)) ?? [];
      if (namespace !== undefined)
        await this.#sign(`${prefix}${name}`, namespace, present, unsigned, context);
      const [, plan] = /^plans\/([0-9a-f]{64})$/.exec(name) ?? [];
      if (plan !== undefined && !names.includes(`${name}.signed`)) await this.#prove(plan, unsigned, context);
    }
    return { signed: this.#signed, kept: this.#kept, refused: this.#refused };
  }

  /** Told by what it signs: of an agent's key, or one in a file, nothing else is known. */
  async #presentKey(context: OperationContext): Promise<string> {
    const signed = await this.#signatures.sign(
      Buffer.from("hawser: which key\n"),
      "hawser-release@v1",
      context,
    );
    return keyOf(signed);
  }

  async #sign(
    key: string,
    namespace: Namespace,
    present: string,
    unsigned: boolean,
    context: OperationContext,
  ): Promise<void> {
    const found = await readObject(this.#storage, key, context);
    if (found === undefined) return;
    const text = this.#believed(key, found.bytes, namespace, unsigned);
    if (text === undefined) return;
    if (text.length < found.bytes.length && keyOf(found.bytes) === present) {
      this.#kept++;
      return;
    }
    const bytes = await this.#signatures.sign(text, namespace, context);
    const swapped = await swap(this.#storage, { key, bytes, expected: found.etag }, context);
    if (!swapped.won) throw stateErrors.HWS_STATE_CONTENDED([key]);
    this.#signed++;
  }

  /** The text that may be signed; undefined when nobody is known to have vouched for it. */
  #believed(key: string, bytes: Buffer, namespace: Namespace, unsigned: boolean): Buffer | undefined {
    if (unsigned && !isSigned(bytes)) return bytes;
    try {
      return this.#signatures.open(bytes, namespace, key);
    } catch (error) {
      if (!HawserError.is(error)) throw error;
      this.#refused.push({ key, error });
      return undefined;
    }
  }

  async #prove(hex: string, unsigned: boolean, context: OperationContext): Promise<void> {
    if (!unsigned) {
      const key = `${this.#application}/plans/${hex}`;
      this.#refused.push({ key, error: signingErrors.HWS_SIGNATURE_MISSING([key]) });
      return;
    }
    await new PlanProofs(this.#storage, this.#application, this.#signatures).put(`sha256-${hex}`, context);
    this.#signed++;
  }
}

const keyOf = (signed: Buffer): string => {
  const parts = takeApart(signed);
  return parts === undefined ? "" : SshSignature.parse(parts.blob).key.base64;
};
