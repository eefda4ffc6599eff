import type { ListedObject } from "@hawser/core/plugin";
import { s3Errors as errors, isKey, listObjects, type S3 } from "@hawser/s3";
import type { Place } from "./place.ts";

/** The objects below a prefix in key order. What is no key of a storage is somebody else's. */
export const listKeys = async function* (
  s3: S3,
  { bucket, prefix, shown }: Place,
  below: string,
  signal: AbortSignal,
): AsyncGenerator<ListedObject> {
  let last = "";
  for await (const object of listObjects(s3, { bucket, shown, prefix: prefix + below }, signal)) {
    const key = object.key.slice(prefix.length);
    if (!isKey(key)) continue;
    // The order of the whole is what shows a page that comes again. Keys are ASCII: characters are bytes.
    if (key <= last) throw errors.HWS_S3_LISTING([shown, "its keys are out of order"]);
    last = key;
    yield { key, sizeBytes: object.sizeBytes };
  }
};
