import { createHash } from "node:crypto";
import { PublicKey } from "./public-key.ts";
import { SshWire, sshString } from "./ssh-wire.ts";

const magic = "SSHSIG";

/** A signature as `ssh-keygen -Y sign` makes it (OpenSSH, PROTOCOL.sshsig). */
export class SshSignature {
  readonly key: PublicKey;
  readonly namespace: string;
  readonly #digest: "sha256" | "sha512";
  readonly #signature: Buffer;

  private constructor(key: PublicKey, namespace: string, digest: "sha256" | "sha512", signature: Buffer) {
    this.key = key;
    this.namespace = namespace;
    this.#digest = digest;
    this.#signature = signature;
  }

  /** Throws with the reason when these bytes are no signature. */
  static parse(blob: Buffer): SshSignature {
    const wire = new SshWire(blob);
    if (wire.take(magic.length).toString("latin1") !== magic) throw new Error("it is no signature of SSH");
    if (wire.count() !== 1) throw new Error("its version is not 1");
    const keyBytes = wire.string();
    const namespace = wire.text();
    if (wire.string().length !== 0) throw new Error("its reserved field is not empty");
    const digest = wire.text();
    if (digest !== "sha256" && digest !== "sha512")
      throw new Error("its digest is neither sha256 nor sha512");
    const signature = wire.string();
    wire.end();
    const key = PublicKey.parse(new SshWire(keyBytes).text(), keyBytes.toString("base64"));
    return new SshSignature(key, namespace, digest, signature);
  }

  /** Whether its own key made it over this text. Says nothing of whether that key is to be believed. */
  covers(text: Buffer): boolean {
    const message = createHash(this.#digest).update(text).digest();
    const data = [sshString(this.namespace), sshString(""), sshString(this.#digest), sshString(message)];
    return this.key.verify(Buffer.concat([Buffer.from(magic), ...data]), this.#signature);
  }
}
