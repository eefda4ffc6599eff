import { createCipheriv, createDecipheriv } from "node:crypto";
import { sealingErrors } from "../errors/sealing-codes.ts";

/** The payload of age's format v1 (C2SP, age.md, "Payload"): ChaCha20-Poly1305 by the chunk, its number the nonce. */
const cipher = "chacha20-poly1305";
const chunkBytes = 64 * 1024;
const tagBytes = 16;
const options = { authTagLength: tagBytes };

const nonceOf = (number: number, last: boolean): Buffer => {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(number, 5, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
};

interface Piece {
  readonly bytes: Buffer;
  readonly last: boolean;
}

/** Pieces of exactly this size; only the last may be shorter, and of an empty input it is the only one. */
async function* pieces(input: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Piece> {
  let parts: Uint8Array[] = [];
  let filled = 0;
  for await (const bytes of input) {
    let rest = bytes;
    while (filled + rest.length > size) {
      const part = rest.subarray(0, size - filled);
      yield { bytes: Buffer.concat([...parts, part]), last: false };
      rest = rest.subarray(part.length);
      parts = [];
      filled = 0;
    }
    if (rest.length > 0) parts.push(rest);
    filled += rest.length;
  }
  yield { bytes: Buffer.concat(parts), last: true };
}

/** By node's own cipher: that of the package for age is JavaScript and takes ten times as long (docs/adr/0017-stored-forms.md). */
export async function* encryptPayload(
  key: Uint8Array,
  input: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  let number = 0;
  for await (const { bytes, last } of pieces(input, chunkBytes)) {
    const chunk = createCipheriv(cipher, key, nonceOf(number++, last), options);
    yield Buffer.concat([chunk.update(bytes), chunk.final(), chunk.getAuthTag()]);
  }
}

/** Gives nothing of a chunk that was not proved; anything but the whole payload is `HWS_SEALING_DAMAGED`, said of `what`. */
export async function* decryptPayload(
  key: Uint8Array,
  input: AsyncIterable<Uint8Array>,
  what: string,
): AsyncGenerator<Buffer> {
  let number = 0;
  for await (const { bytes, last } of pieces(input, chunkBytes + tagBytes)) {
    const plain = decryptChunk(key, nonceOf(number, last), bytes);
    // An empty last chunk is that of an empty payload and of nothing else.
    if (plain === undefined || (plain.length === 0 && number > 0))
      throw sealingErrors.HWS_SEALING_DAMAGED([what, "a part of it is not what was sealed, or is missing"]);
    number++;
    yield plain;
  }
}

const decryptChunk = (key: Uint8Array, nonce: Buffer, bytes: Buffer): Buffer | undefined => {
  if (bytes.length < tagBytes) return undefined;
  const at = bytes.length - tagBytes;
  const chunk = createDecipheriv(cipher, key, nonce, options);
  chunk.setAuthTag(bytes.subarray(at));
  try {
    return Buffer.concat([chunk.update(bytes.subarray(0, at)), chunk.final()]);
  } catch {
    return undefined;
  }
};
