import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { OperationContext } from "../../src/contracts/common.ts";
import { SshSignatures } from "../../src/signing/signatures.ts";
import { SshSigner } from "../../src/signing/ssh-signer.ts";
import { Trust } from "../../src/signing/trust.ts";

const base = mkdtempSync(join(tmpdir(), "hawser-signing-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

export const principal = "release@acme";

export const context: OperationContext = {
  signal: new AbortController().signal,
  logger: { debug: () => {}, info: () => {}, warn: () => {} },
  progress: () => {},
};

export interface TestKey {
  /** The private key's file. */
  readonly path: string;
  /** `type base64` */
  readonly publicKey: string;
  /** Its line in a file of allowed signers. */
  readonly line: string;
}

let made = 0;

/** A new key by the real ssh-keygen. */
export const makeKey = (...argv: string[]): TestKey => {
  const path = join(base, `key-${made++}`);
  const kind = argv.length > 0 ? argv : ["-t", "ed25519"];
  execFileSync("ssh-keygen", ["-q", ...kind, "-N", "", "-C", "a test", "-f", path]);
  const publicKey = readFileSync(`${path}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
  return { path, publicKey, line: `${principal} ${publicKey}\n` };
};

interface SignaturesChoice {
  readonly signer?: TestKey | undefined;
  readonly revoked?: string;
  readonly lifetimeSeconds?: number;
}

/** What believes these keys, and signs with the first of them or the one given. */
export const signaturesOf = (
  keys: readonly TestKey[],
  { signer = keys[0], revoked = "", lifetimeSeconds }: SignaturesChoice = {},
): SshSignatures =>
  new SshSignatures(
    new Trust({ signers: keys.map(({ line }) => line).join(""), principal, revoked }),
    signer && new SshSigner(signer.path),
    lifetimeSeconds,
  );

/** A signature by the program alone, for what Hawser itself would never sign. */
export const signRaw = (key: TestKey, text: Buffer | string, namespace: string): Buffer =>
  Buffer.concat([
    Buffer.from(text),
    execFileSync("ssh-keygen", ["-q", "-Y", "sign", "-n", namespace, "-f", key.path], {
      input: text,
      stdio: ["pipe", "pipe", "ignore"],
    }),
  ]);
