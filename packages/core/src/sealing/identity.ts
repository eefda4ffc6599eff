import { readFile } from "node:fs/promises";
import { Secret } from "../contracts/secret.ts";
import { sealingErrors } from "../errors/sealing-codes.ts";
import { loadAge } from "./age.ts";

/** One secret key and what is sealed to it. */
interface Key {
  readonly secret: Secret;
  readonly recipient: string;
}

/** An identity of age: one or more secret keys, each of which opens what is sealed to its recipient. */
export class Identity {
  readonly #keys: readonly Key[];

  private constructor(keys: readonly Key[]) {
    this.#keys = keys;
  }

  /** Of a file's path, or of the text itself. Anything but keys of X25519, comments and blank lines is `HWS_SEALING_IDENTITY`. */
  static async read(given: string | Secret): Promise<Identity> {
    const where = Secret.is(given) ? "the text of `encryption.identity`" : given;
    const text = Secret.is(given) ? given.reveal() : await readText(given);
    const lines = text.split("\n").map((line) => line.trim());
    const secrets = lines.filter((line) => line !== "" && !line.startsWith("#"));
    if (secrets.length === 0) throw sealingErrors.HWS_SEALING_IDENTITY([where, "holds no secret key"]);
    return new Identity(await Promise.all(secrets.map((line) => keyOf(line, where))));
  }

  get recipients(): readonly string[] {
    return this.#keys.map(({ recipient }) => recipient);
  }

  /** The key of the file with this header; `HWS_SEALING_STRANGER` when none of the keys opens it. */
  async fileKey(header: Uint8Array, what: string): Promise<Uint8Array> {
    const { Decrypter } = await loadAge();
    const decrypter = new Decrypter();
    for (const { secret } of this.#keys) decrypter.addIdentity(secret.reveal());
    try {
      return await decrypter.decryptHeader(header);
    } catch (error) {
      const { message } = error as Error;
      throw message.includes("no identity matched")
        ? sealingErrors.HWS_SEALING_STRANGER([what])
        : sealingErrors.HWS_SEALING_DAMAGED([what, "it does not begin as a sealed object does"], {
            cause: error,
          });
    }
  }
}

const readText = async (path: string): Promise<string> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw sealingErrors.HWS_SEALING_IDENTITY([path, `cannot be read (${code})`], { cause: error });
  }
};

/** The text never gets into a message: a cut key is still most of a key. */
const keyOf = async (text: string, where: string): Promise<Key> => {
  const { identityToRecipient } = await loadAge();
  if (!/^AGE-SECRET-KEY-1[0-9A-Z]+$/.test(text))
    throw sealingErrors.HWS_SEALING_IDENTITY([where, "holds what is no secret key of X25519"]);
  try {
    return { secret: new Secret(text), recipient: await identityToRecipient(text) };
  } catch {
    throw sealingErrors.HWS_SEALING_IDENTITY([where, "holds a secret key that is mistyped or cut"]);
  }
};
