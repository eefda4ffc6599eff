import type { OperationContext } from "../contracts/common.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { signingErrors } from "../errors/signing-codes.ts";
import type { Namespace } from "./namespace.ts";
import { isSigned, putTogether, unsignedPart } from "./section.ts";
import type { SshSigner } from "./ssh-signer.ts";
import type { Trust } from "./trust.ts";

/** Signs what is written to central state, and proves what is read from it. */
export interface Signatures {
  /** What instances are to verify by; undefined where nothing is signed. */
  readonly trust: Trust | undefined;
  /** How long a desired state counts from when it was signed, in seconds; undefined: for ever. */
  readonly lifetimeSeconds?: number | undefined;
  /** The bytes with their signature as the last section; the bytes as they are where nothing is signed. */
  sign(bytes: Buffer, namespace: Namespace, context: OperationContext): Promise<Buffer>;
  /** The bytes without their signature, once it is proved; every doubt is an error, never a pass. */
  open(bytes: Buffer, namespace: Namespace, what: string): Buffer;
}

/** Where the config says nothing of signing. A signature that nobody can verify is an error all the same. */
export const noSignatures: Signatures = {
  trust: undefined,
  sign: async (bytes) => bytes,
  open: (bytes, _namespace, what) => {
    if (isSigned(bytes)) throw signingErrors.HWS_SIGNATURE_UNEXPECTED([what]);
    return bytes;
  },
};

/** For who only decides what to keep: what an object names is kept, whoever wrote it. Never for what is acted on. */
export const unprovedSignatures: Signatures = {
  trust: undefined,
  sign: async () => {
    throw signingErrors.HWS_SIGNING_NO_KEY([]);
  },
  open: (bytes) => unsignedPart(bytes),
};

/** Signatures by SSH keys. Without a signer it only verifies. */
export class SshSignatures implements Signatures {
  readonly trust: Trust;
  readonly lifetimeSeconds: number | undefined;
  readonly #signer: SshSigner | undefined;

  constructor(trust: Trust, signer: SshSigner | undefined, lifetimeSeconds?: number) {
    this.trust = trust;
    this.#signer = signer;
    this.lifetimeSeconds = lifetimeSeconds;
  }

  /** What was signed is verified at once, so that nothing is stored that nobody would believe. */
  async sign(bytes: Buffer, namespace: Namespace, context: OperationContext): Promise<Buffer> {
    if (this.#signer === undefined) throw signingErrors.HWS_SIGNING_NO_KEY([]);
    const signed = putTogether(bytes, await this.#signer.sign(bytes, namespace, context.signal));
    try {
      this.trust.open(signed, namespace, "the signature just made");
    } catch (error) {
      if (!HawserError.is(error)) throw error;
      throw signingErrors.HWS_SIGNING_KEY_UNTRUSTED([error.message], { cause: error });
    }
    return signed;
  }

  open(bytes: Buffer, namespace: Namespace, what: string): Buffer {
    return this.trust.open(bytes, namespace, what);
  }
}
