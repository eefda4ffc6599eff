import { sealingErrors } from "../errors/sealing-codes.ts";
import { loadAge } from "./age.ts";

/** The header's last line begins so, and no other of its lines can. */
const footer = Buffer.from("\n--- ");
const newline = 0x0a;
const maxHeaderBytes = 64 * 1024;

/** A fresh key for one file and the header that gives it to the recipients. */
export const makeHeader = async (
  recipients: readonly string[],
): Promise<{ readonly header: Buffer; readonly fileKey: Uint8Array }> => {
  const { Encrypter } = await loadAge();
  const encrypter = new Encrypter();
  let fileKey: Uint8Array | undefined;
  // The package keeps the key to itself, but tells it to every recipient: this one only listens.
  encrypter.addRecipient({
    wrapFileKey: (key) => {
      fileKey = Uint8Array.from(key);
      return [];
    },
  });
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  const empty = Buffer.from(await encrypter.encrypt(new Uint8Array()));
  const end = headerEnd(empty);
  if (fileKey === undefined || end === undefined) throw new TypeError("age made no header");
  return { header: empty.subarray(0, end), fileKey };
};

/** Where the header ends, once all of it is there. */
const headerEnd = (bytes: Buffer): number | undefined => {
  const at = bytes.indexOf(footer);
  const end = at < 0 ? -1 : bytes.indexOf(newline, at + footer.length);
  return end < 0 ? undefined : end + 1;
};

/** Splits a sealed object after its header. */
export const takeHeader = async (
  chunks: AsyncIterator<Uint8Array>,
  what: string,
): Promise<{ readonly header: Buffer; readonly rest: Buffer }> => {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const end = headerEnd(bytes.subarray(0, maxHeaderBytes));
    if (end !== undefined) return { header: bytes.subarray(0, end), rest: bytes.subarray(end) };
    const next = bytes.length < maxHeaderBytes ? await chunks.next() : { done: true as const };
    if (next.done === true) break;
    bytes = Buffer.concat([bytes, next.value]);
  }
  throw sealingErrors.HWS_SEALING_DAMAGED([what, "it does not begin as a sealed object does"]);
};
