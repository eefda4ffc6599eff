import type { ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import { HawserError, type ListedObject } from "@hawser/core/plugin";
import type { S3 } from "./client.ts";
import { errors } from "./errors.ts";
import { failureOf } from "./failure.ts";
import { isKey } from "./key.ts";
import type { Place } from "./place.ts";

/** The objects below a prefix in key order, page by page. What is no key of a storage is somebody else's. */
export const listObjects = async function* (
  s3: S3,
  place: Place,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<ListedObject> {
  let last = "";
  for (let token: string | undefined; ; ) {
    signal.throwIfAborted();
    const page = await readPage(s3, place, { prefix, token }, signal);
    for (const { Key = "", Size } of page.Contents ?? []) {
      // The order of the whole is what shows a page that comes again.
      if (
        Buffer.compare(Buffer.from(Key), Buffer.from(last)) <= 0 ||
        !Key.startsWith(place.prefix + prefix) ||
        Size === undefined
      )
        throw errors.HWS_BUCKET_LISTING([
          place.shown,
          "its keys are out of order, or not what was asked for",
        ]);
      last = Key;
      const key = Key.slice(place.prefix.length);
      signal.throwIfAborted();
      if (isKey(key)) yield { key, sizeBytes: Size };
    }
    if (page.IsTruncated !== true) return;
    if (page.NextContinuationToken === undefined || page.NextContinuationToken === token)
      throw errors.HWS_BUCKET_LISTING([place.shown, "it is cut off, and does not say how it goes on"]);
    token = page.NextContinuationToken;
  }
};

const readPage = async (
  { sdk, client }: S3,
  place: Place,
  { prefix, token }: { readonly prefix: string; readonly token: string | undefined },
  signal: AbortSignal,
): Promise<ListObjectsV2CommandOutput> => {
  const command = new sdk.ListObjectsV2Command({
    Bucket: place.bucket,
    Prefix: place.prefix + prefix,
    ...(token !== undefined && { ContinuationToken: token }),
  });
  return await client.send(command, { abortSignal: signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    const failure = failureOf(error, place.shown);
    throw HawserError.is(failure) ? failure : errors.HWS_BUCKET_MISSING([place.shown]);
  });
};
