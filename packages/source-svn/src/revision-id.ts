import { createHash } from "node:crypto";
import { errors } from "./errors.ts";
import { encodePath, isPlainPath } from "./plain-path.ts";

/** What an id says: a folder of the project at a revision, and a digest that only one repository and folder has. */
export interface NamedRevision {
  readonly number: number;
  /** Relative to the project; empty for the project itself. */
  readonly path: string;
  readonly digest: string;
}

const grammar = /^r(0|[1-9]\d{0,9})-(\.|[!-~]{1,120})-([0-9a-f]{32})$/;

/** `r123-tags/1.2-DIGEST`, where the digest is over the repository's UUID and the folder's path from its root. */
export const idOf = ({ number, path, digest }: NamedRevision): string =>
  `r${number}-${path === "" ? "." : encodePath(path)}-${digest}`;

export const folderDigest = (uuid: string, pathFromRoot: string): string =>
  createHash("sha256").update(`${uuid}\n${pathFromRoot}`).digest("hex").slice(0, 32);

/** Reads an id; one that no `resolve` gave is `HWS_SOURCE_REF_INVALID`. */
export const parseId = (id: string): NamedRevision => {
  const [, number, place = "", digest = ""] = grammar.exec(id) ?? [];
  const path = decoded(place);
  if (number === undefined || path === undefined) throw errors.HWS_SOURCE_REF_INVALID([id]);
  const named = { number: Number(number), path, digest };
  // One revision has one id.
  if (idOf(named) !== id) throw errors.HWS_SOURCE_REF_INVALID([id]);
  return named;
};

const decoded = (place: string): string | undefined => {
  if (place === ".") return "";
  try {
    const path = decodeURIComponent(place);
    return isPlainPath(path) ? path : undefined;
  } catch {
    return undefined;
  }
};
