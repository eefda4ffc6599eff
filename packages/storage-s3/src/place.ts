import { checkAccess, isKey, refuse, shownBucket } from "@hawser/s3";
import type { S3StorageOptions } from "./options.ts";

/** Where the objects lie: a bucket, and what its keys begin with. */
export interface Place {
  readonly bucket: string;
  /** Ends in `/`, or is empty. */
  readonly prefix: string;
  /** For people, without credentials; ends in `/`. */
  readonly shown: string;
}

/** Reads the options, and refuses what cannot be meant before anything is loaded or sent. */
export const placeOf = (options: S3StorageOptions): Place => {
  checkAccess(options);
  const prefix = prefixOf(options.prefix);
  return { bucket: options.bucket, prefix, shown: shownBucket(options) + prefix };
};

const prefixOf = (prefix: string | undefined): string => {
  const path = prefix?.replace(/\/$/, "");
  if (path === undefined) return "";
  return isKey(path) ? `${path}/` : refuse("prefix", "it does not fit the grammar of keys");
};
