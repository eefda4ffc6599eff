import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { SshWire, strictBase64 } from "./ssh-wire.ts";

const leastRsaBits = 2048;

/** Names of the curve: SSH's, that of JSON Web Keys, and the digest that signatures on it use. */
const curves: Readonly<Record<string, readonly [crv: string, digest: string]>> = {
  nistp256: ["P-256", "sha256"],
  nistp384: ["P-384", "sha384"],
  nistp521: ["P-521", "sha512"],
};

const url64 = (bytes: Buffer): string => bytes.toString("base64url");

/** Without the leading zero that keeps a number positive. */
const unsigned = (number: Buffer): Buffer => (number[0] === 0 ? number.subarray(1) : number);

const rsaDigests: Readonly<Record<string, string>> = { "rsa-sha2-512": "sha512", "rsa-sha2-256": "sha256" };

/** A public key of SSH that signatures are verified with: ed25519, RSA of 2048 bits or more, or ECDSA. */
export class PublicKey {
  readonly type: string;
  /** The key as it stands in files, without its type. */
  readonly base64: string;
  readonly #key: KeyObject;
  readonly #digest: string | undefined;

  private constructor(type: string, base64: string, key: KeyObject, digest?: string) {
    this.type = type;
    this.base64 = base64;
    this.#key = key;
    this.#digest = digest;
  }

  /** Throws with the reason when these are not the bytes of a key of this type. */
  static parse(type: string, base64: string): PublicKey {
    const wire = new SshWire(strictBase64(base64));
    if (wire.text() !== type) throw new Error("its bytes are of another type than it says");
    const [jwk, digest] = readKey(type, wire);
    wire.end();
    const key = createPublicKey({ key: jwk, format: "jwk" });
    const bits = key.asymmetricKeyDetails?.modulusLength;
    if (bits !== undefined && bits < leastRsaBits) throw new Error(`an RSA key of ${bits} bits is too short`);
    return new PublicKey(type, base64, key, digest);
  }

  /** Whether the signature, as SSH writes one, is by this key over these bytes. */
  verify(data: Buffer, signature: Buffer): boolean {
    const wire = new SshWire(signature);
    const algorithm = wire.text();
    const blob = wire.string();
    wire.end();
    if (this.type === "ssh-rsa") {
      const digest = rsaDigests[algorithm];
      return digest !== undefined && verify(digest, data, this.#key, blob);
    }
    if (algorithm !== this.type) return false;
    if (this.#digest === undefined) return verify(null, data, this.#key, blob);
    return verify(this.#digest, data, { key: this.#key, dsaEncoding: "ieee-p1363" }, pairOf(blob, this.#key));
  }
}

const readKey = (type: string, wire: SshWire) => {
  if (type === "ssh-ed25519") return [{ kty: "OKP", crv: "Ed25519", x: url64(wire.string()) }] as const;
  if (type === "ssh-rsa") {
    const [e, n] = [wire.string(), wire.string()];
    return [{ kty: "RSA", e: url64(unsigned(e)), n: url64(unsigned(n)) }] as const;
  }
  const name = /^ecdsa-sha2-(nistp(?:256|384|521))$/.exec(type)?.[1];
  const curve = name === undefined ? undefined : curves[name];
  if (curve === undefined) throw new Error(`${type} is not ed25519, RSA or ECDSA`);
  if (wire.text() !== name) throw new Error("its curve is not the one of its type");
  const point = wire.string();
  if (point[0] !== 4 || point.length % 2 !== 1) throw new Error("its point is not in the plain form");
  const half = (point.length - 1) / 2;
  const [x, y] = [point.subarray(1, 1 + half), point.subarray(1 + half)];
  return [{ kty: "EC", crv: curve[0], x: url64(x), y: url64(y) }, curve[1]] as const;
};

/** r and s, each as long as the curve's numbers. */
const pairOf = (blob: Buffer, key: KeyObject): Buffer => {
  const wire = new SshWire(blob);
  const pair = [unsigned(wire.string()), unsigned(wire.string())];
  wire.end();
  const size =
    { prime256v1: 32, secp384r1: 48, secp521r1: 66 }[key.asymmetricKeyDetails?.namedCurve ?? ""] ?? 0;
  return Buffer.concat(pair.flatMap((number) => [Buffer.alloc(Math.max(0, size - number.length)), number]));
};
