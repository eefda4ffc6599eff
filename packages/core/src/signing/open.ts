import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Signing } from "../config/types.ts";
import { Secret } from "../contracts/secret.ts";
import { signingErrors } from "../errors/signing-codes.ts";
import { noSignatures, type Signatures, SshSignatures } from "./signatures.ts";
import { SshSigner } from "./ssh-signer.ts";
import { Trust } from "./trust.ts";

/** Reads what the config's `signing` names. */
export const openSignatures = async (
  signing: Signing | undefined,
  baseDirectory: string,
): Promise<Signatures> => {
  if (signing === undefined) return noSignatures;
  const { key, allowedSigners, principal, revoked, expires } = signing;
  const signers = await textOf("allowed signers", resolve(baseDirectory, allowedSigners));
  const trust = new Trust({
    signers,
    principal,
    ...(revoked !== undefined && { revoked: await textOf("revoked keys", resolve(baseDirectory, revoked)) }),
    names: { signers: allowedSigners, revoked: revoked ?? "" },
  });
  const signer =
    key === undefined ? undefined : new SshSigner(Secret.is(key) ? key : resolve(baseDirectory, key));
  return new SshSignatures(trust, signer, expires === undefined ? undefined : lifetimeOf(expires));
};

const secondsOf: Readonly<Record<string, number>> = { h: 3600, d: 86_400 };

/** Seconds of `12h` or `30d`, as the schema lets them pass. */
const lifetimeOf = (text: string): number => Number(text.slice(0, -1)) * (secondsOf[text.slice(-1)] ?? 0);

const textOf = async (what: string, path: string): Promise<string> => {
  try {
    return await readFile(path, "latin1");
  } catch (error) {
    throw signingErrors.HWS_SIGNING_FILE(
      [what, path, (error as NodeJS.ErrnoException).code ?? "it is unreadable"],
      {
        cause: error,
      },
    );
  }
};
