import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "../contracts/secret.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { signingErrors } from "../errors/signing-codes.ts";
import { spawnProgram } from "../process/spawn.ts";
import type { Namespace } from "./namespace.ts";

/** An agent may ask its owner to touch a token. */
const limitMs = 60_000;

/** Signs by `ssh-keygen -Y sign`: with a private key's file or text, or by the agent that holds the key. */
export class SshSigner {
  readonly #key: string | Secret;

  /** `key`: the path of a private key, or of the public key of one that an agent holds; or a private key's text. */
  constructor(key: string | Secret) {
    this.#key = key;
  }

  /** The armored signature over these bytes. */
  async sign(bytes: Uint8Array, namespace: Namespace, signal: AbortSignal): Promise<string> {
    const key = this.#key;
    if (!Secret.is(key)) return await run(key, bytes, namespace, signal);
    const directory = await mkdtemp(join(tmpdir(), "hawser-key-"));
    try {
      await chmod(directory, 0o700);
      const path = join(directory, "key");
      await writeFile(path, `${key.reveal().trimEnd()}\n`, { mode: 0o600 });
      return await run(path, bytes, namespace, signal);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
}

const run = async (
  key: string,
  bytes: Uint8Array,
  namespace: Namespace,
  signal: AbortSignal,
): Promise<string> => {
  const agent = process.env.SSH_AUTH_SOCK;
  try {
    const { exitCode, stdout, stderr } = await spawnProgram(
      "ssh-keygen",
      ["-q", "-Y", "sign", "-n", namespace, "-f", key],
      { input: bytes, signal, timeoutMs: limitMs, env: agent === undefined ? {} : { SSH_AUTH_SOCK: agent } },
    );
    if (exitCode === 0 && stdout.startsWith("-----BEGIN SSH SIGNATURE-----\n")) return stdout;
    const said = stderr.trim().split("\n").at(-1) ?? "";
    throw signingErrors.HWS_SIGNING_FAILED([said || `it ended with ${exitCode}`]);
  } catch (error) {
    signal.throwIfAborted();
    if (HawserError.is(error, "HWS_SIGNING_FAILED")) throw error;
    throw signingErrors.HWS_SIGNING_FAILED([(error as Error).message], { cause: error });
  }
};
