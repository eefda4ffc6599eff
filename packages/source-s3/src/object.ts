import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { HawserError, type OpenedPart, type OperationContext, type Revision } from "@hawser/core/plugin";
import { entityTag, failureOf, type S3, s3Errors, wasAnswered } from "@hawser/s3";
import { errors } from "./errors.ts";
import { type Place, placeDigest } from "./place.ts";

/** What a store says of one object. */
export interface LookedAt {
  /** Of a bucket with versions: names these bytes for ever. */
  readonly versionId?: string;
  readonly etag: string;
  readonly sizeBytes: number;
  /** Seconds since 1970. */
  readonly modified: number;
}

/** An object of a place; `versionId` when the options name one. */
export interface ObjectName {
  readonly place: Place;
  readonly versionId?: string | undefined;
}

/** Looks at an object; undefined when there is none. */
export const lookAt = async (
  s3: S3,
  { place, versionId }: ObjectName,
  { signal }: OperationContext,
): Promise<LookedAt | undefined> => {
  const names = { Bucket: place.bucket, Key: place.path, ...(versionId && { VersionId: versionId }) };
  try {
    const found = await s3.client.send(new s3.sdk.HeadObjectCommand(names), { abortSignal: signal });
    const { ContentLength: sizeBytes, LastModified: modified, VersionId } = found;
    const etag = entityTag(found.ETag);
    if (etag === undefined || sizeBytes === undefined || modified === undefined)
      throw s3Errors.HWS_S3_ANSWER([place.shown, "no ETag, length or time"]);
    // `null` is what was there before the bucket had versions: it can be written over.
    const version = VersionId === undefined || VersionId === "null" ? {} : { versionId: VersionId };
    return { ...version, etag, sizeBytes, modified: Math.floor(modified.getTime() / 1000) };
  } catch (error) {
    signal.throwIfAborted();
    const failure = failureOf(wasAnswered(error) ? await sayAgain(s3, names, error, signal) : error, place);
    if (failure === "missing") return undefined;
    throw HawserError.is(failure) ? failure : errors.HWS_SOURCE_MOVED([place.shown]);
  }
};

/** A refused HEAD has no words: the same question as a GET gets them. */
const sayAgain = async (
  s3: S3,
  names: { readonly Bucket: string; readonly Key: string; readonly VersionId?: string },
  first: unknown,
  signal: AbortSignal,
): Promise<unknown> => {
  try {
    const command = new s3.sdk.GetObjectCommand({ ...names, Range: "bytes=0-0" });
    const answer = await s3.client.send(command, { abortSignal: signal });
    (answer.Body as Readable | undefined)?.destroy();
    return first;
  } catch (error) {
    signal.throwIfAborted();
    return error;
  }
};

/** The bytes that a GET asks for: of a version, or as long as the object has this ETag. */
export interface WantedBytes {
  readonly place: Place;
  readonly versionId?: string | undefined;
  readonly etag?: string | undefined;
  readonly sizeBytes?: number | undefined;
}

/** Opens an object at an offset. Another object than the wanted one is `HWS_SOURCE_MOVED`. */
export const openObject = async (
  s3: S3,
  { place, versionId, etag, sizeBytes }: WantedBytes,
  offset: number,
  { signal }: OperationContext,
): Promise<OpenedPart> => {
  const command = new s3.sdk.GetObjectCommand({
    Bucket: place.bucket,
    Key: place.path,
    ...(versionId !== undefined && { VersionId: versionId }),
    ...(etag !== undefined && { IfMatch: etag }),
    ...(offset > 0 && { Range: `bytes=${offset}-` }),
  });
  const answer = await s3.client.send(command, { abortSignal: signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    const failure = failureOf(error, place);
    throw HawserError.is(failure) ? failure : errors.HWS_SOURCE_MOVED([place.shown]);
  });
  const stream = answer.Body as Readable;
  const part = partOf(answer.ContentRange, answer.ContentLength);
  try {
    if (part === undefined) throw s3Errors.HWS_S3_ANSWER([place.shown, "no length, or a range that is none"]);
    // A store that does not know If-Match answers with what it has.
    const other =
      (etag !== undefined && entityTag(answer.ETag) !== etag) ||
      (versionId !== undefined && answer.VersionId !== versionId) ||
      (sizeBytes !== undefined && part.sizeBytes !== sizeBytes);
    if (other) throw errors.HWS_SOURCE_MOVED([place.shown]);
    return { stream, ...part };
  } catch (error) {
    stream.destroy();
    throw error;
  }
};

/** Where a body begins, and how long the whole object is. */
const partOf = (
  range: string | undefined,
  length: number | undefined,
): { readonly offset: number; readonly sizeBytes: number } | undefined => {
  if (range === undefined) return length === undefined ? undefined : { offset: 0, sizeBytes: length };
  const [, first, total] = /^bytes ([0-9]{1,15})-[0-9]{1,15}\/([0-9]{1,15})$/.exec(range) ?? [];
  return first === undefined ? undefined : { offset: Number(first), sizeBytes: Number(total) };
};

/** The revision of an object. Exact with a version; else it says what was seen. */
export const revisionOf = (
  { versionId, etag, sizeBytes, modified }: LookedAt,
  place: Place,
): Pick<Revision, "id" | "exact" | "time" | "url"> => {
  const about = { url: place.shown, time: modified };
  if (versionId !== undefined && /^[\x21-\x7e]{1,160}$/.test(versionId))
    return { id: `version:${placeDigest(place)}:${versionId}`, exact: true, ...about };
  const lines = [place.shown, etag, String(sizeBytes), String(modified)].map((line) => JSON.stringify(line));
  return { id: createHash("sha256").update(lines.join("\n")).digest("hex"), exact: false, ...about };
};

/** The version that an exact revision names; undefined for an inexact one. */
export const versionOf = ({ id, exact }: Pick<Revision, "id" | "exact">): string | undefined =>
  exact ? /^version:[0-9a-f]{12}:(.+)$/.exec(id)?.[1] : undefined;
