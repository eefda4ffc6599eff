import { readFile } from "node:fs/promises";
import { Secret } from "@hawser/core/plugin";
import ssh2 from "ssh2";
import { errors } from "./errors.ts";

/** The text of a private key that needs no passphrase; `where` is for people. */
export interface PrivateKey {
  readonly where: string;
  /** Absent for a key that was given as text. */
  readonly path?: string;
  readonly text: Secret;
}

const check = (where: string, text: string): void => {
  const parsed = ssh2.utils.parseKey(text);
  if (parsed instanceof Error) {
    const encrypted = /passphrase/.test(parsed.message);
    throw errors.HWS_SSH_KEY([where, encrypted ? "it is encrypted with a passphrase" : parsed.message]);
  }
  const keys: readonly { isPrivateKey(): boolean }[] = Array.isArray(parsed) ? parsed : [parsed];
  if (!keys[0]?.isPrivateKey()) throw errors.HWS_SSH_KEY([where, "it is a public key"]);
};

/** Reads a private key (a path, or its text as a Secret) and makes sure that it can sign without asking anybody. */
export const readPrivateKey = async (key: string | Secret): Promise<PrivateKey> => {
  if (Secret.is(key)) {
    check("from the config", key.reveal());
    return { where: "from the config", text: key };
  }
  let text: string;
  try {
    text = await readFile(key, "utf8");
  } catch (cause) {
    throw errors.HWS_SSH_KEY([key, (cause as Error).message], { cause });
  }
  check(key, text);
  return { where: key, path: key, text: new Secret(text) };
};
