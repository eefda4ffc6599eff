import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { HawserError } from "@hawser/core/plugin";
import type { Bucket } from "./bucket.ts";
import { requiredTag } from "./bucket.ts";

/** What a write is bound to. */
export interface Condition {
  readonly ifAbsent?: boolean;
  readonly ifMatch?: string;
}

/** The condition as commands of the SDK say it. */
export const conditionOf = ({
  ifAbsent,
  ifMatch,
}: Condition): { readonly IfNoneMatch?: string; readonly IfMatch?: string } => ({
  ...(ifAbsent === true && { IfNoneMatch: "*" }),
  ...(ifMatch !== undefined && { IfMatch: ifMatch }),
});

/** The object's user metadata; by it a reader proves the bytes. */
export const digestName = "hawser-sha256";

export const metadataOf = (
  sha256: string | undefined,
): { readonly Metadata?: Readonly<Record<string, string>> } =>
  sha256 === undefined ? {} : { Metadata: { [digestName]: sha256 } };

/**
 * Puts a body that is there whole, with its digest. MinIO also denies a write whose folder a delete takes away meanwhile,
 * so that a denial is heard three times before it is believed.
 */
export const putObject = async (
  bucket: Bucket,
  request: Condition & { readonly key: string; readonly body: Uint8Array },
  signal: AbortSignal,
): Promise<string> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await putOnce(bucket, request, signal);
    } catch (error) {
      if (attempt === 3 || !HawserError.is(error, "HWS_S3_DENIED")) throw error;
      await sleep(50 * attempt);
      signal.throwIfAborted();
    }
  }
};

const putOnce = async (
  bucket: Bucket,
  { key, body, ...condition }: Condition & { readonly key: string; readonly body: Uint8Array },
  signal: AbortSignal,
): Promise<string> => {
  const { sdk, client } = await bucket.open(signal);
  const command = new sdk.PutObjectCommand({
    ...bucket.names(key),
    ...bucket.encryption,
    ...conditionOf(condition),
    ...metadataOf(createHash("sha256").update(body).digest("hex")),
    Body: body,
    ContentLength: body.length,
  });
  try {
    const { ETag } = await client.send(command, { abortSignal: signal });
    return requiredTag(ETag, bucket.shown(key));
  } catch (error) {
    throw bucket.writeFailure(key, error, condition.ifMatch, signal);
  }
};

/** The longest body of a single put. */
export const mostPutBytes: number = 5 * 1024 ** 3;

/**
 * Puts a long body by a single request. A body that fails ends the request: the store then has less than it was promised,
 * and keeps nothing.
 */
export const putStream = async (
  bucket: Bucket,
  {
    key,
    body,
    sizeBytes,
    sha256,
    ...condition
  }: Condition & {
    readonly key: string;
    readonly body: Readable;
    readonly sizeBytes: number;
    readonly sha256?: string | undefined;
  },
  signal: AbortSignal,
): Promise<string> => {
  const { sdk, client } = await bucket.open(signal);
  const broken = new AbortController();
  const both = AbortSignal.any([signal, broken.signal]);
  if (body.errored !== null) throw body.errored;
  body.on("error", (error) => broken.abort(error));
  const command = new sdk.PutObjectCommand({
    ...bucket.names(key),
    ...bucket.encryption,
    ...conditionOf(condition),
    ...metadataOf(sha256),
    Body: body,
    ContentLength: sizeBytes,
  });
  try {
    const { ETag } = await client.send(command, { abortSignal: both });
    return requiredTag(ETag, bucket.shown(key));
  } catch (error) {
    if (broken.signal.aborted && !signal.aborted) throw broken.signal.reason;
    throw bucket.writeFailure(key, error, condition.ifMatch, signal);
  } finally {
    body.destroy();
  }
};
