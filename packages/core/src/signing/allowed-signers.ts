import { signingErrors } from "../errors/signing-codes.ts";
import { PublicKey } from "./public-key.ts";

/** One line of a file of allowed signers. */
export interface AllowedSigner {
  readonly principals: readonly string[];
  readonly key: PublicKey;
  /** What it may sign; undefined when the line does not restrict it. */
  readonly namespaces?: readonly string[];
}

const principals = /^[A-Za-z0-9][A-Za-z0-9@._+-]{0,127}(?:,[A-Za-z0-9][A-Za-z0-9@._+-]{0,127}){0,31}$/;
const namespacesOption = /^namespaces="([A-Za-z0-9@._-]+(?:,[A-Za-z0-9@._-]+)*)"$/i;
const maxBytes = 256 * 1024;

/** The lines that count, with their numbers. */
const linesOf = (text: string, file: string): [number, string][] => {
  if (text.length > maxBytes)
    throw signingErrors.HWS_SIGNING_SIGNERS([file, 1, "is in a file of more than 256 KiB"]);
  const wrong = /[^\t\n -~]/.exec(text);
  if (wrong !== null) {
    const line = text.slice(0, wrong.index).split("\n").length;
    throw signingErrors.HWS_SIGNING_SIGNERS([file, line, "has a character that is not printable ASCII"]);
  }
  if (text !== "" && !text.endsWith("\n")) text += "\n";
  return text
    .split("\n")
    .map((line, index): [number, string] => [index + 1, line])
    .filter(([, line]) => line.trim() !== "" && !line.startsWith("#"));
};

const keyOf = (type: string | undefined, base64: string | undefined): PublicKey => {
  if (type === undefined || base64 === undefined) throw new Error("has no key");
  try {
    return PublicKey.parse(type, base64);
  } catch (error) {
    throw new Error(`has a key that cannot be read: ${(error as Error).message}`);
  }
};

const readAll = <T>(text: string, file: string, read: (line: string) => T): T[] =>
  linesOf(text, file).map(([number, line]) => {
    try {
      return read(line);
    } catch (error) {
      throw signingErrors.HWS_SIGNING_SIGNERS([file, number, (error as Error).message]);
    }
  });

/**
 * Reads a file of allowed signers, `ssh-keygen(1)`: `principals [namespaces="…"] type key [comment]`. ssh-keygen passes
 * over lines that it cannot read; here any line outside that grammar refuses the file. So do patterns, authorities and
 * times of validity: who may sign is who is listed, and a key ends by its removal or by revocation.
 */
export const parseAllowedSigners = (text: string, file: string): readonly AllowedSigner[] => {
  const signers = readAll(text, file, readSigner);
  if (signers.length === 0)
    throw signingErrors.HWS_SIGNING_SIGNERS([file, 1, "names no signer, nor does any other"]);
  return signers;
};

const readSigner = (line: string): AllowedSigner => {
  const [names = "", ...rest] = line.split(/[ \t]+/);
  if (!principals.test(names))
    throw new Error("does not begin with principals, separated by commas, without patterns");
  const restricted = namespacesOption.exec(rest[0] ?? "")?.[1];
  if (restricted !== undefined) rest.shift();
  if (/^(?:cert-authority|valid-|namespaces)/i.test(rest[0] ?? "")) {
    throw new Error('has an option other than one namespaces="…"');
  }
  const [type, base64] = rest;
  return {
    principals: names.split(","),
    key: keyOf(type, base64),
    ...(restricted !== undefined && { namespaces: restricted.split(",") }),
  };
};

/** Reads a file of revoked keys: `type key [comment]` a line. */
export const parseRevoked = (text: string, file: string): readonly PublicKey[] =>
  readAll(text, file, (line) => {
    const [type, base64] = line.split(/[ \t]+/);
    return keyOf(type, base64);
  });
