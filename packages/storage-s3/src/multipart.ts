import type { Readable } from "node:stream";
import type { Bucket } from "./bucket.ts";
import { MultipartUpload } from "./multipart-upload.ts";
import type { Condition } from "./object-put.ts";
import { PartReader } from "./part-reader.ts";

/** A body up to this length is one put; a longer one goes in parts of it. */
export const partBytes: number = 8 << 20;
/** S3's own limit. */
const mostParts = 10_000;
/** As many parts are in memory. */
const partsAtOnce = 4;

export interface MultipartBody extends Condition {
  readonly key: string;
  readonly body: Readable;
  readonly sizeBytes: number;
  readonly sha256?: string | undefined;
}

/**
 * Uploads a body in parts, some at once, and decides its condition with the last request. The object appears with that
 * or not at all. When this fails no request is under way any more, and the parts are taken back.
 */
export const putParts = async (bucket: Bucket, put: MultipartBody, signal: AbortSignal): Promise<string> => {
  const { key, body, sizeBytes, sha256, ...condition } = put;
  const s3 = await bucket.open(signal);
  // It may have failed while nobody was reading.
  if (body.errored !== null) throw body.errored;
  const stopped = new AbortController();
  const both = AbortSignal.any([signal, stopped.signal]);
  let bodyFailure: { readonly error: unknown } | undefined;
  body.on("error", (error) => {
    if (!both.aborted) bodyFailure = { error };
    stopped.abort(error);
  });
  try {
    const upload = await MultipartUpload.begin(bucket, s3, key, sha256);
    try {
      await sendAll(upload, body, sizeBytes, both, stopped);
      return await upload.complete(condition, both);
    } catch (error) {
      await upload.takeBack();
      throw error;
    }
  } catch (error) {
    throw bodyFailure === undefined
      ? bucket.writeFailure(key, error, condition.ifMatch, signal)
      : bodyFailure.error;
  } finally {
    body.destroy();
  }
};

/** Sends the body's parts; the first failure, and the signal, end all that is under way. */
const sendAll = async (
  upload: MultipartUpload,
  body: Readable,
  sizeBytes: number,
  signal: AbortSignal,
  stopped: AbortController,
): Promise<void> => {
  const partSize = Math.max(partBytes, Math.ceil(sizeBytes / mostParts));
  const parts = new PartReader(body);
  const sendSome = async (): Promise<void> => {
    const buffer = Buffer.allocUnsafeSlow(partSize);
    for (;;) {
      const part = await parts.next(buffer);
      if (part === undefined) return;
      await upload.send(part, signal);
    }
  };
  const senders = Array.from({ length: Math.min(partsAtOnce, Math.ceil(sizeBytes / partSize)) }, () =>
    sendSome().catch((error: unknown) => {
      stopped.abort(error);
      body.destroy(error as Error);
      throw error;
    }),
  );
  const ended = await Promise.allSettled(senders);
  if (ended.some(({ status }) => status === "rejected")) throw stopped.signal.reason;
};
