import { createHash } from "node:crypto";
import { originOf, shownBucket } from "@hawser/s3";
import { errors } from "./errors.ts";
import type { S3SourceOptions } from "./options.ts";

/** Where the application lies: a bucket of a store, and a key or prefix in it. */
export interface Place {
  readonly bucket: string;
  /** Absent: AWS. An origin, without a slash at its end. */
  readonly endpoint?: string;
  /** A key; a prefix ends in `/`, or is empty for the whole bucket. */
  readonly path: string;
  /** For people, without credentials. */
  readonly shown: string;
}

const placeholder = "{ref}";
const refName = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._+@-]{0,127}$/;

/** The key or prefix as the options have it; a prefix ends in `/` or is empty. */
export const templateOf = ({ key, prefix = "" }: S3SourceOptions): string => {
  if (key !== undefined) return key;
  return prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
};

/** A ref that passed the grammar: it adds no folder to a path and leaves none. */
export const checkRef = (ref: string): string => {
  if (!refName.test(ref)) throw errors.HWS_SOURCE_REF_INVALID([ref]);
  return ref;
};

/** Whether a ref has a place in the options. */
export const takesRef = (options: S3SourceOptions): boolean => templateOf(options).includes(placeholder);

/** The place that a ref names. */
export const placeOf = (options: S3SourceOptions, asked: string | undefined): Place => {
  if (asked !== undefined) checkRef(asked);
  const template = templateOf(options);
  const { bucket } = options;
  const endpoint = options.endpoint === undefined ? {} : { endpoint: originOf(options.endpoint) };
  const root = shownBucket(options);
  const shown = (path: string): string => root + path;
  const ref = asked ?? options.ref;
  if (!template.includes(placeholder)) {
    if (asked !== undefined) throw errors.HWS_SOURCE_REF_NOT_FOUND([asked, shown(template)]);
    return { bucket, path: template, shown: shown(template), ...endpoint };
  }
  if (ref === undefined) throw errors.HWS_S3_REF_MISSING([shown(template)]);
  const path = template.replaceAll(placeholder, ref);
  return { bucket, path, shown: shown(path), ...endpoint };
};

/** Tells places apart in names of revisions and files. */
export const placeDigest = ({ shown }: Place): string =>
  createHash("sha256").update(shown).digest("hex").slice(0, 12);
