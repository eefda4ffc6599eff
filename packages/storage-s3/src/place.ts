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

const keyName = /^[A-Za-z0-9:/_-]{1,512}$/;

/** Reads the options, and refuses what cannot be meant before anything is loaded or sent. */
export const placeOf = (options: S3StorageOptions): Place => {
  const { kmsKeyId, sse } = options;
  checkAccess(options);
  if (kmsKeyId !== undefined && sse !== "aws:kms") refuse("kmsKeyId", "it belongs to sse: aws:kms");
  if (kmsKeyId !== undefined && !keyName.test(kmsKeyId)) refuse("kmsKeyId", "it is not the name of a key");
  const prefix = prefixOf(options.prefix);
  return { bucket: options.bucket, prefix, shown: shownBucket(options) + prefix };
};

const prefixOf = (prefix: string | undefined): string => {
  const path = prefix?.replace(/\/$/, "");
  if (path === undefined) return "";
  return isKey(path) ? `${path}/` : refuse("prefix", "it does not fit the grammar of keys");
};
