import { createHash } from "node:crypto";
import type { ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import { HawserError, type OperationContext } from "@hawser/core/plugin";
import type { S3 } from "./client.ts";
import { entityTag } from "./entity-tag.ts";
import { errors } from "./errors.ts";
import { failureOf } from "./failure.ts";
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
  place: Place,
  context: OperationContext,
): Promise<readonly ListedObject[]> => {
  const listed = new Map<string, ListedObject>();
  const tokens = new Set<string>();
  for (let token: string | undefined; ; ) {
    const page = await readPage(s3, place, token, context);
    for (const object of objectsOf(page, place)) {
      if (listed.has(object.key)) throw errors.HWS_S3_LISTING([place.shown, "a key is in it twice"]);
      listed.set(object.key, object);
    }
    if (listed.size > mostObjects) throw errors.HWS_S3_LISTING([place.shown, "it has too many objects"]);
    token = nextToken(page, place);
    if (token === undefined) break;
    if (tokens.has(token)) throw errors.HWS_S3_LISTING([place.shown, "a page of it comes again"]);
    tokens.add(token);
  }
  return [...listed.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
};

const readPage = async (
  s3: S3,
  { bucket, path, shown }: Place,
  token: string | undefined,
  { signal }: OperationContext,
): Promise<ListObjectsV2CommandOutput> => {
  const command = new s3.sdk.ListObjectsV2Command({
    Bucket: bucket,
    Prefix: path,
    // Not every character of a key can stand in XML.
    EncodingType: "url",
    ...(token !== undefined && { ContinuationToken: token }),
  });
  return await s3.client.send(command, { abortSignal: signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    const failure = failureOf(error, { bucket, path, shown });
    throw HawserError.is(failure) ? failure : errors.HWS_S3_ANSWER([shown, "a listing is not there"]);
  });
};

const nextToken = (page: ListObjectsV2CommandOutput, place: Place): string | undefined => {
  if (page.IsTruncated !== true) return undefined;
  if (page.NextContinuationToken === undefined || page.NextContinuationToken === "")
    throw errors.HWS_S3_LISTING([place.shown, "it is cut off, and does not say how it goes on"]);
  return page.NextContinuationToken;
};

const objectsOf = (page: ListObjectsV2CommandOutput, place: Place): readonly ListedObject[] => {
  const { Contents: contents = [], KeyCount: count, IsTruncated: truncated, EncodingType: encoding } = page;
  if (truncated === undefined)
    throw errors.HWS_S3_LISTING([place.shown, "it does not say whether it is whole"]);
  if (count !== undefined && count !== contents.length)
    throw errors.HWS_S3_LISTING([place.shown, `a page has ${contents.length} keys and counts ${count}`]);
  return contents.map(({ Key, ETag, Size }) => {
    const etag = entityTag(ETag);
    if (
      Key === undefined ||
      etag === undefined ||
      !Number.isSafeInteger(Size) ||
      Size === undefined ||
      Size < 0
    )
      throw errors.HWS_S3_LISTING([place.shown, "an object has no key, ETag or size"]);
    const key = encoding === "url" ? decode(Key) : Key;
    if (!key.startsWith(place.path))
      throw errors.HWS_S3_LISTING([place.shown, `${JSON.stringify(key.slice(0, 200))} is not below it`]);
    return { key, etag, sizeBytes: Size };
  });
};

const decode = (key: string): string => {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    throw errors.HWS_S3_KEY([key.slice(0, 200), "it is not UTF-8"]);
  }
};

/** Names what was seen. */
export const listingId = (listing: readonly ListedObject[], place: Place): string => {
  const hash = createHash("sha256").update(`${JSON.stringify(place.shown)}\n`);
  for (const { key, sizeBytes, etag } of listing) hash.update(`${JSON.stringify([key, sizeBytes, etag])}\n`);
  return hash.digest("hex");
};
