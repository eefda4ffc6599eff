import type { Readable } from "node:stream";
import type { FileBody } from "@hawser/core/plugin";
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
  /** A file, or a stream of exactly the promised length. */
  readonly body: FileBody | Readable;
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
  const bodyFails = (error: unknown): void => {
    if (!both.aborted) bodyFailure = { error };
    stopped.abort(error);
  };
  body.on("error", bodyFails);
  try {
    const upload = await MultipartUpload.begin(bucket, s3, key, sha256);
    try {
      await sendAll(upload, put, both, { stop: (error) => stopped.abort(error), bodyFails });
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
  { key, body, sizeBytes }: MultipartBody,
  signal: AbortSignal,
  { stop, bodyFails }: Record<"stop" | "bodyFails", (error: unknown) => void>,
): Promise<void> => {
  const partSize = Math.max(partBytes, Math.ceil(sizeBytes / mostParts));
  const parts = new PartReader(key, body, sizeBytes);
  const sendSome = async (): Promise<void> => {
    const buffer = Buffer.allocUnsafeSlow(partSize);
    for (;;) {
      const part = await parts.next(buffer).catch((error: unknown) => {
        bodyFails(error);
        throw error;
      });
      if (part === undefined) return;
      await upload.send(part, signal);
    }
  };
  const senders = Array.from({ length: Math.min(partsAtOnce, Math.ceil(sizeBytes / partSize)) }, () =>
    sendSome().catch((error: unknown) => {
      stop(error);
      body.destroy(error as Error);
      throw error;
    }),
  );
  const ended = await Promise.allSettled(senders);
  if (ended.some(({ status }) => status === "rejected")) throw signal.reason;
};
