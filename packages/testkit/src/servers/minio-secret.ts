import { createCipheriv, pbkdf2Sync, randomBytes } from "node:crypto";

const byPassword = 0x02;
const rounds = 8192;

/**
 * Seals the body of a request to MinIO's administration as its server expects it: salt, kind, nonce, and one fragment
 * of AES-256-GCM under a key made of the root user's password. Fragments hold at most 16 KiB.
 */
export const sealForMinio = (password: string, text: string): Buffer => {
  if (Buffer.byteLength(text) > 16 * 1024) throw new Error("more than one fragment");
  const salt = randomBytes(32);
  const nonce = randomBytes(8);
  const key = pbkdf2Sync(password, salt, rounds, 32, "sha256");
  const cipherOf = (fragment: number) =>
    createCipheriv("aes-256-gcm", key, Buffer.concat([nonce, Buffer.from([fragment, 0, 0, 0])]));
  // Each fragment is bound to the tag of the empty fragment 0, and says whether it is the last one.
  const head = cipherOf(0);
  head.final();
  const cipher = cipherOf(1).setAAD(Buffer.concat([Buffer.from([0x80]), head.getAuthTag()]));
  const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([salt, Buffer.from([byPassword]), nonce, sealed, cipher.getAuthTag()]);
};
