import { createHash } from "node:crypto";
import { signingErrors } from "../errors/signing-codes.ts";
import { type AllowedSigner, parseAllowedSigners, parseRevoked } from "./allowed-signers.ts";
import type { Namespace } from "./namespace.ts";
import { takeApart } from "./section.ts";
import { SshSignature } from "./ssh-signature.ts";

export interface TrustFiles {
  /** The text of the file of allowed signers. */
  readonly signers: string;
  readonly principal: string;
  /** The text of the file of revoked keys. */
  readonly revoked?: string | undefined;
  /** How messages name the files. */
  readonly names?: { readonly signers: string; readonly revoked: string };
}

const sha256 = (text: string): string => createHash("sha256").update(text, "latin1").digest("hex");
const principalGrammar = /^[A-Za-z0-9][A-Za-z0-9@._+-]{0,127}$/;

/** Whose signatures count: what the deployer verifies by, and what it lays on every instance as it is. */
export class Trust {
  readonly signers: string;
  readonly principal: string;
  readonly revoked: string;
  /** Names these three texts; an instance tells it of what lies there. 64 hexadecimal digits. */
  readonly digest: string;
  /** Whether every key of the principal is ed25519: those can be verified without ssh-keygen, too. */
  readonly plainKeys: boolean;
  readonly #allowed: readonly AllowedSigner[];
  readonly #revoked: ReadonlySet<string>;

  /** Files that are not wholly in their grammar are `HWS_SIGNING_SIGNERS`. */
  constructor({ signers, principal, revoked = "", names }: TrustFiles) {
    const file = names?.signers ?? "the file of allowed signers";
    this.signers = signers;
    this.principal = principal;
    this.revoked = revoked;
    this.digest = sha256(`${sha256(signers)} ${principal} ${revoked === "" ? "-" : sha256(revoked)}\n`);
    this.#allowed = parseAllowedSigners(signers, file);
    this.#revoked = new Set(
      parseRevoked(revoked, names?.revoked ?? "the file of revoked keys").map(({ base64 }) => base64),
    );
    const own = this.#allowed.filter(({ principals }) => principals.includes(principal));
    this.plainKeys = own.every(({ key }) => key.type === "ssh-ed25519");
    if (own.length === 0 || !principalGrammar.test(principal)) {
      throw signingErrors.HWS_SIGNING_PRINCIPAL([principal, file]);
    }
  }

  /**
   * Gives the signed part of an object, without its signature.
   * - One without a signature is `HWS_SIGNATURE_MISSING`.
   * - One whose signature is damaged, of another purpose, over other bytes, by a key that is not allowed to the
   *   principal, or by a revoked one is `HWS_SIGNATURE_WRONG`.
   */
  open(bytes: Buffer, namespace: Namespace, what: string): Buffer {
    try {
      const signed = takeApart(bytes);
      if (signed === undefined) throw signingErrors.HWS_SIGNATURE_MISSING([what]);
      this.#judge(SshSignature.parse(signed.blob), signed.text, namespace);
      return signed.text;
    } catch (error) {
      if (error instanceof Refusal || !("code" in (error as Error))) {
        throw signingErrors.HWS_SIGNATURE_WRONG([what, (error as Error).message], { cause: error });
      }
      if (String((error as { code: unknown }).code).startsWith("HWS_")) throw error;
      throw signingErrors.HWS_SIGNATURE_WRONG([what, "it cannot be read"], { cause: error });
    }
  }

  #judge(signature: SshSignature, text: Buffer, namespace: Namespace): void {
    if (signature.namespace !== namespace)
      throw new Refusal(`it is for ${JSON.stringify(signature.namespace)}, not for ${namespace}`);
    const { base64 } = signature.key;
    if (this.#revoked.has(base64)) throw new Refusal("its key is revoked");
    const line = this.#allowed.find(
      ({ key, principals, namespaces }) =>
        key.base64 === base64 &&
        principals.includes(this.principal) &&
        (namespaces === undefined || namespaces.includes(namespace)),
    );
    if (line === undefined)
      throw new Refusal(`its key is not one that ${this.principal} may sign ${namespace} with`);
    if (!signature.covers(text)) throw new Refusal("it is over other bytes");
  }
}

/** Why a signature does not count. */
class Refusal extends Error {}
