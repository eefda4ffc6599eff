import { hkdfSync, randomBytes } from "node:crypto";
import type { Secret } from "../contracts/secret.ts";
import { sealingErrors } from "../errors/sealing-codes.ts";
import { makeHeader, takeHeader } from "./header.ts";
import { Identity } from "./identity.ts";
import { decryptPayload, encryptPayload } from "./payload.ts";
import { recipientsDigest } from "./recipient.ts";

const payloadNonceBytes = 16;

const payloadKey = (fileKey: Uint8Array, nonce: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", fileKey, nonce, "payload", 32));

/** Seals to recipients in age's format v1, which the program `age` opens, and opens with an identity. */
export class Sealing {
  readonly recipients: readonly string[];
  readonly #given: string | Secret | undefined;
  #identity: Promise<Identity> | undefined;

  /** `identity`: the file's absolute path, or its text. It is read when something is opened for the first time. */
  constructor(parts: {
    readonly recipients: readonly string[];
    readonly identity?: string | Secret | undefined;
  }) {
    this.recipients = parts.recipients;
    this.#given = parts.identity;
  }

  /** Names the set of recipients: what was sealed to another set does not count as sealed to this one. */
  get recipientsDigest(): string {
    return recipientsDigest(this.recipients);
  }

  /** Whether anything is sealed at all. */
  get seals(): boolean {
    return this.recipients.length > 0;
  }

  /** Whether an identity was given: without one what was sealed cannot be read back here. */
  get opens(): boolean {
    return this.#given !== undefined;
  }

  /** Two sealings of the same bytes are different bytes: each has a key of its own. */
  async *seal(input: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
    const { header, fileKey } = await makeHeader(this.recipients);
    const nonce = randomBytes(payloadNonceBytes);
    yield Buffer.concat([header, nonce]);
    yield* encryptPayload(payloadKey(fileKey, nonce), input);
  }

  /**
   * Gives what was sealed, as it comes; only the end of the iteration says that it was whole. `what` is for messages.
   * - Without an identity `HWS_SEALING_NO_IDENTITY`, with another's `HWS_SEALING_STRANGER`.
   * - Bytes that are not what was sealed, or not all of it, are `HWS_SEALING_DAMAGED`.
   */
  async *open(input: AsyncIterable<Uint8Array>, what: string): AsyncGenerator<Buffer> {
    const identity = await this.#read(what);
    const chunks = input[Symbol.asyncIterator]();
    try {
      const { header, rest } = await takeHeader(chunks, what);
      const fileKey = await identity.fileKey(header, what);
      const { nonce, rest: first } = await takeNonce(chunks, rest, what);
      yield* decryptPayload(payloadKey(fileKey, nonce), continued(first, chunks), what);
    } finally {
      await chunks.return?.();
    }
  }

  #read(what: string): Promise<Identity> {
    if (this.#given === undefined) throw sealingErrors.HWS_SEALING_NO_IDENTITY([what]);
    this.#identity ??= Identity.read(this.#given);
    return this.#identity;
  }
}

const takeNonce = async (chunks: AsyncIterator<Uint8Array>, first: Buffer, what: string) => {
  let bytes = first;
  while (bytes.length < payloadNonceBytes) {
    const next = await chunks.next();
    if (next.done === true) throw sealingErrors.HWS_SEALING_DAMAGED([what, "it ends in its beginning"]);
    bytes = Buffer.concat([bytes, next.value]);
  }
  return { nonce: bytes.subarray(0, payloadNonceBytes), rest: bytes.subarray(payloadNonceBytes) };
};

async function* continued(first: Buffer, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
}

/** Of a config without `encryption`: nothing is sealed, and nothing that is can be opened. */
export const noSealing: Sealing = new Sealing({ recipients: [] });
