import { createHash } from "node:crypto";
import type { OperationContext } from "@hawser/core/plugin";
import { listObjects, type S3, s3Errors } from "@hawser/s3";
import type { Place } from "./place.ts";

/** One object below a prefix. */
export interface ListedObject {
  /** The whole key. */
  readonly key: string;
  readonly etag: string;
  readonly sizeBytes: number;
}

const mostObjects = 1_000_000;

/** Every object below a prefix, in the order of the keys' characters. A listing that may lack some is an error. */
export const listPrefix = async (
  s3: S3,
  { bucket, path, shown }: Place,
  { signal }: OperationContext,
): Promise<readonly ListedObject[]> => {
  const distrust = (why: string) => s3Errors.HWS_S3_LISTING([shown, why]);
  const listed = new Map<string, ListedObject>();
  for await (const { key, etag, sizeBytes } of listObjects(s3, { bucket, prefix: path, shown }, signal)) {
    if (etag === undefined) throw distrust("an object has no ETag");
    if (listed.has(key)) throw distrust("a key is in it twice");
    if (listed.size === mostObjects) throw distrust("it has too many objects");
    listed.set(key, { key, etag, sizeBytes });
  }
  return [...listed.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
};

/** Names what was seen. */
export const listingId = (listing: readonly ListedObject[], place: Place): string => {
  const hash = createHash("sha256").update(`${JSON.stringify(place.shown)}\n`);
  for (const { key, sizeBytes, etag } of listing) hash.update(`${JSON.stringify([key, sizeBytes, etag])}\n`);
  return hash.digest("hex");
};
