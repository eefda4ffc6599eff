import type { ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import { HawserError } from "@hawser/core/plugin";
import type { S3 } from "./client.ts";
import { entityTag } from "./entity-tag.ts";
import { errors } from "./errors.ts";
import { type Asked, failureOf } from "./failure.ts";

/** One object of a bucket, as it is listed. */
export interface SeenObject {
  /** The whole key; bytes that are not UTF-8 are U+FFFD. */
  readonly key: string;
  /** Undefined when what is there is none. */
  readonly etag: string | undefined;
  readonly sizeBytes: number;
}

/** Which objects: all whose key begins with the prefix. */
export interface ListedPlace extends Asked {
  readonly prefix: string;
}

/** Every object below a prefix as the store lists them, page by page. A listing that may lack some is an error. */
export const listObjects = async function* (
  s3: S3,
  place: ListedPlace,
  signal: AbortSignal,
): AsyncGenerator<SeenObject> {
  const tokens = new Set<string>();
  for (let token: string | undefined; ; ) {
    signal.throwIfAborted();
    const page = await readPage(s3, place, token, signal);
    for (const object of objectsOf(page, place)) {
      signal.throwIfAborted();
      yield object;
    }
    token = nextToken(page, place);
    if (token === undefined) return;
    if (tokens.has(token)) throw errors.HWS_S3_LISTING([place.shown, "a page of it comes again"]);
    tokens.add(token);
  }
};

const readPage = async (
  s3: S3,
  place: ListedPlace,
  token: string | undefined,
  signal: AbortSignal,
): Promise<ListObjectsV2CommandOutput> => {
  const command = new s3.sdk.ListObjectsV2Command({
    Bucket: place.bucket,
    Prefix: place.prefix,
    // Not every character of a key can stand in XML.
    EncodingType: "url",
    ...(token !== undefined && { ContinuationToken: token }),
  });
  return await s3.client.send(command, { abortSignal: signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    const failure = failureOf(error, place);
    throw HawserError.is(failure) ? failure : errors.HWS_S3_ANSWER([place.shown, "a listing is not there"]);
  });
};

const nextToken = (page: ListObjectsV2CommandOutput, { shown }: ListedPlace): string | undefined => {
  if (page.IsTruncated !== true) return undefined;
  if (page.NextContinuationToken === undefined || page.NextContinuationToken === "")
    throw errors.HWS_S3_LISTING([shown, "it is cut off, and does not say how it goes on"]);
  return page.NextContinuationToken;
};

const objectsOf = (
  page: ListObjectsV2CommandOutput,
  { shown, prefix }: ListedPlace,
): readonly SeenObject[] => {
  const { Contents: contents = [], KeyCount: count, IsTruncated: truncated, EncodingType: encoding } = page;
  if (truncated === undefined) throw errors.HWS_S3_LISTING([shown, "it does not say whether it is whole"]);
  if (count !== undefined && count !== contents.length)
    throw errors.HWS_S3_LISTING([shown, `a page has ${contents.length} keys and counts ${count}`]);
  return contents.map(({ Key, ETag, Size }) => {
    if (Key === undefined || Size === undefined || !Number.isSafeInteger(Size) || Size < 0)
      throw errors.HWS_S3_LISTING([shown, "an object has no key or size"]);
    const key = encoding === "url" ? decode(Key) : Key;
    if (!key.startsWith(prefix))
      throw errors.HWS_S3_LISTING([shown, `${JSON.stringify(key.slice(0, 200))} is not below it`]);
    return { key, etag: entityTag(ETag), sizeBytes: Size };
  });
};

const decode = (key: string): string => {
  const spaced = key.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    const bytes = spaced.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    return Buffer.from(bytes, "latin1").toString();
  }
};
