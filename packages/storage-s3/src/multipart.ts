import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import { HawserError } from "@hawser/core/plugin";
import { failureOf, type S3 } from "@hawser/s3";
import { type Bucket, requiredTag } from "./bucket.ts";
import { type Condition, conditionOf, metadataOf } from "./object-put.ts";

/** A body up to this length is one put; a longer one goes in parts of it. */
export const partBytes: number = 8 << 20;
/** S3's own limit. */
const mostParts = 10_000;
const partsAtOnce = 4;
/** How often a part is sent before the upload fails: nobody but this can send it again. */
const partAttempts = 3;
/** Taking an upload back is not given up with what failed, but not waited for longer than this either. */
const abortMs = 30_000;

export interface MultipartBody extends Condition {
  readonly key: string;
  readonly body: Readable;
  readonly sizeBytes: number;
  readonly sha256?: string | undefined;
}

type Command = Parameters<S3Client["send"]>[0];

/**
 * Uploads a body in parts, some at once, and decides its condition with the last request. The object appears with that
 * or not at all. When this fails no request is under way any more, and the parts are taken back.
 */
export const putParts = async (bucket: Bucket, put: MultipartBody, signal: AbortSignal): Promise<string> => {
  const { key, body, sizeBytes, sha256, ...condition } = put;
  const s3 = await bucket.open(signal);
  const { Upload } = await import("@aws-sdk/lib-storage");
  const sender = new PartSender(s3, body, bucket.isGuarded, signal);
  const upload = new Upload({
    client: sender as unknown as S3Client,
    queueSize: partsAtOnce,
    partSize: Math.max(partBytes, Math.ceil(sizeBytes / mostParts)),
    params: {
      ...bucket.names(key),
      ...bucket.encryption,
      ...conditionOf(condition),
      ...metadataOf(sha256),
      Body: body,
      ContentLength: sizeBytes,
    },
  });
  // It may have failed while nobody was reading.
  if (body.errored !== null) throw body.errored;
  let bodyFailure: { readonly error: unknown } | undefined;
  body.on("error", (error) => {
    if (sender.failure === undefined && !signal.aborted) bodyFailure = { error };
    sender.stop(error);
  });
  try {
    const { ETag } = await upload.done();
    return requiredTag(ETag, bucket.shown(key));
  } catch (error) {
    if (bodyFailure !== undefined) throw bodyFailure.error;
    throw bucket.writeFailure(key, sender.failure ?? error, condition.ifMatch, signal);
  } finally {
    sender.stop(undefined);
    body.destroy();
  }
};

/**
 * The client as an upload sees it. The library goes on sending after a failure and does not stop for a signal before a
 * part has arrived; here the first failure, and the signal, end everything that is under way.
 */
class PartSender {
  readonly config: S3Client["config"];
  readonly #s3: S3;
  readonly #body: Readable;
  readonly #isGuarded: boolean;
  readonly #stopped = new AbortController();
  readonly #both: AbortSignal;
  /** What went wrong first. */
  failure: unknown;

  constructor(s3: S3, body: Readable, isGuarded: boolean, signal: AbortSignal) {
    this.config = s3.client.config;
    this.#s3 = s3;
    this.#body = body;
    this.#isGuarded = isGuarded;
    this.#both = AbortSignal.any([signal, this.#stopped.signal]);
  }

  stop(reason: unknown): void {
    this.failure ??= reason;
    this.#stopped.abort(reason);
  }

  async send(command: Command): Promise<unknown> {
    const { sdk, client } = this.#s3;
    if (command instanceof sdk.AbortMultipartUploadCommand)
      return await client.send(command, { abortSignal: AbortSignal.timeout(abortMs) });
    try {
      // An upload that was begun must be known to be taken back.
      if (command instanceof sdk.CreateMultipartUploadCommand) return await client.send(command);
      if (command instanceof sdk.UploadPartCommand) return await this.#sendPart(command);
      return await client.send(command, { abortSignal: this.#both });
    } catch (error) {
      this.stop(error);
      this.#body.destroy(error as Error);
      throw error;
    }
  }

  async #sendPart(command: Command): Promise<unknown> {
    if (this.#isGuarded) withoutBodyDigest(command);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#s3.client.send(command, { abortSignal: this.#both });
      } catch (error) {
        if (attempt === partAttempts || this.#both.aborted || !this.#passes(error)) throw error;
        await sleep(100 * 4 ** attempt * Math.random(), undefined, { signal: this.#both });
      }
    }
  }

  #passes(error: unknown): boolean {
    const failure = failureOf(error, { bucket: "", shown: "" });
    return HawserError.is(failure) && failure.retryable;
  }
}

/**
 * Signs a request without its body, as S3 allows. Hashing the body here and at the store is most of what an upload costs,
 * and proves what TLS proves already.
 */
const withoutBodyDigest = (command: Command): void => {
  command.middlewareStack.add(
    (next) => async (args) => {
      const { headers } = args.request as { readonly headers: Record<string, string> };
      headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD";
      return await next(args);
    },
    { step: "build", name: "withoutBodyDigest", override: true },
  );
};
