import { createHash } from "node:crypto";

/** A public host key: its type and the blob of the SSH protocol (RFC 4253 section 6.6). */
export interface HostKey {
  readonly type: string;
  readonly blob: Buffer;
}

/** The key in a blob as it comes over the wire: the type is its first string. */
export const hostKeyOf = (blob: Buffer): HostKey => {
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  return { type: blob.toString("latin1", 4, Math.min(4 + length, blob.length)), blob };
};

/** Reads a type and its base64 blob; undefined when the two do not fit together. */
export const readHostKey = (type: string, base64: string): HostKey | undefined => {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const key = hostKeyOf(Buffer.from(base64, "base64"));
  return key.type === type && key.blob.length > type.length + 4 ? key : undefined;
};

/** Reads a line in the form of an OpenSSH public key: `ssh-ed25519 AAAA… comment`. */
export const parseHostKey = (line: string): HostKey | undefined => {
  const [type, base64] = line.trim().split(/\s+/);
  return type === undefined || base64 === undefined ? undefined : readHostKey(type, base64);
};

/** As `ssh-keygen -l` prints it. */
export const fingerprint = (key: HostKey): string =>
  `SHA256:${createHash("sha256").update(key.blob).digest("base64").replace(/=+$/, "")}`;

export const sameKey = (a: HostKey, b: HostKey): boolean => a.blob.equals(b.blob);

// RSA keys sign by SHA-2 only: SHA-1 signatures (`ssh-rsa` as an algorithm) are refused by today's servers.
const algorithmsOf = (type: string): readonly string[] =>
  type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type];

const supported: readonly string[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

/** The algorithms to ask for: those of the known keys first, so that a server with several keys shows one of them. */
export const preferredAlgorithms = (types: readonly string[]): readonly string[] => {
  const known = types.flatMap(algorithmsOf).filter((algorithm) => supported.includes(algorithm));
  return [...new Set([...known, ...supported])];
};
