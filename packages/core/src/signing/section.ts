import { strictBase64 } from "./ssh-wire.ts";

const begin = "-----BEGIN SSH SIGNATURE-----";
const end = "-----END SSH SIGNATURE-----";

/** A signed object taken apart. */
export interface Signed {
  /** What was signed: every byte before the section. */
  readonly text: Buffer;
  /** The signature's own bytes. */
  readonly blob: Buffer;
}

const mark = Buffer.from(`${begin}\n`);

/** Where the section begins; -1 when there is none. */
const sectionAt = (bytes: Buffer): number => {
  if (bytes.subarray(0, mark.length).equals(mark)) return 0;
  const found = bytes.indexOf(`\n${begin}\n`, 0, "latin1");
  return found === -1 ? -1 : found + 1;
};

/** The bytes before the signature; all of them when there is none. */
export const unsignedPart = (bytes: Buffer): Buffer => {
  const at = sectionAt(bytes);
  return at === -1 ? bytes : bytes.subarray(0, at);
};

export const isSigned = (bytes: Buffer): boolean => sectionAt(bytes) !== -1;

/**
 * Takes a signed object apart; undefined when it has no section. A section in any but the one spelling (lines of
 * base64, nothing after its end) is thrown with the reason.
 */
export const takeApart = (bytes: Buffer): Signed | undefined => {
  const at = sectionAt(bytes);
  if (at === -1) return undefined;
  const lines = bytes.subarray(at).toString("latin1").split("\n");
  const [last, closing] = [lines.pop(), lines.pop()];
  if (last !== "" || closing !== end) throw new Error("it does not end where it should");
  const body = lines.slice(1);
  if (!body.every((line) => /^[A-Za-z0-9+/=]{1,76}$/.test(line))) throw new Error("it is not base64");
  return { text: bytes.subarray(0, at), blob: strictBase64(body.join("")) };
};

/** The object with its signature as the last section. `armored` is what ssh-keygen writes. */
export const putTogether = (text: Buffer, armored: string): Buffer => {
  const signed = Buffer.concat([text, Buffer.from(`${armored.trim()}\n`, "latin1")]);
  if (!takeApart(signed)?.text.equals(text)) throw new Error("it is no armored signature of SSH");
  return signed;
};
