import { artifactErrors } from "../errors/artifact-codes.ts";

/** Longest name of an entry; with the root of an instance before it, it stays below the 4096 bytes of a path. */
export const maxNameBytes = 3072;
/** Longest part of a name between slashes, as file systems have it. */
const maxPartBytes = 255;

const escapes = Array.from({ length: 256 }, (_, byte) =>
  byte < 0x21 || byte > 0x7e || byte === 0x25
    ? `%${byte.toString(16).toUpperCase().padStart(2, "0")}`
    : String.fromCharCode(byte),
);
const plain = /^[!-$&-~]*$/;
const encoded = /^(?:[!-$&-~]|%[0-9A-F]{2})*$/;

/** The percent-encoded form of a name: every byte outside `!`–`~`, and `%` itself. */
export const encodeName = (bytes: Buffer): string => {
  const text = bytes.toString("latin1");
  return plain.test(text) ? text : Array.from(bytes, (byte) => escapes[byte]).join("");
};

/**
 * The raw bytes of a name. There is one encoded form for each name: escapes in lower case, or of bytes that need
 * none, are `HWS_ARTIFACT_NAME_INVALID`.
 */
export const decodeName = (name: string): Buffer => Buffer.from(sortKey(name), "latin1");

/** The raw bytes of a name as a string of one character a byte: `<` orders such strings as bytes are ordered. */
export const sortKey = (name: string): string => {
  if (plain.test(name)) return name;
  if (!encoded.test(name)) throw artifactErrors.HWS_ARTIFACT_NAME_INVALID([name, "is not percent-encoded"]);
  return name.replace(/%(..)/g, (sequence, hex: string) => {
    const byte = Number.parseInt(hex, 16);
    if (escapes[byte] !== sequence) {
      throw artifactErrors.HWS_ARTIFACT_NAME_INVALID([name, `escapes ${sequence} without need`]);
    }
    return String.fromCharCode(byte);
  });
};

/** Why a raw name (one character a byte) cannot be an entry's, as the end of a sentence; undefined when it can. */
export const nameProblem = (raw: string): string | undefined => {
  if (raw === "") return "is empty";
  if (raw.startsWith("/")) return "is absolute";
  if (raw.length > maxNameBytes) return `is longer than ${maxNameBytes} bytes`;
  if (raw.includes("\0")) return "holds the byte 0x00";
  if (raw.includes("\x01")) return "holds the byte 0x01";
  for (const part of raw.split("/")) {
    if (part === "") return "has an empty part";
    if (part === "." || part === "..") return `has the part ${part}`;
    if (part.length > maxPartBytes) return `has a part longer than ${maxPartBytes} bytes`;
  }
  return undefined;
};

/** Names that nothing at the top of a tree may have: Hawser's own, and the metadata of version control. */
const reserved: ReadonlySet<string> = new Set([".hawser", ".git", ".svn"]);

/** The reserved name that a raw name begins with, if it does. */
export const reservedTop = (raw: string): string | undefined => {
  const slash = raw.indexOf("/");
  const top = slash < 0 ? raw : raw.slice(0, slash);
  return reserved.has(top) ? top : undefined;
};

/** The name of the directory that holds an entry; empty at the top. Works on both forms: `/` is never escaped. */
export const parentOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf("/")));

/** A name as a person reads it: its UTF-8 when it is printable, else its percent-encoded form. */
export const displayName = (name: string): string => {
  if (!name.includes("%")) return name;
  const bytes = decodeName(name);
  const text = bytes.toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) && !/[\p{C}\p{Zl}\p{Zp}]/u.test(text) ? text : name;
};
