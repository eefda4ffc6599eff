import { setTimeout as sleep } from "node:timers/promises";
import type { CompletedPart } from "@aws-sdk/client-s3";
import { HawserError } from "@hawser/core/plugin";
import { failureOf, type S3 } from "@hawser/s3";
import { type Bucket, type ObjectNames, requiredTag } from "./bucket.ts";
import { type Condition, conditionOf, metadataOf } from "./object-put.ts";
import { sendAs } from "./part-body.ts";
import type { Part } from "./part-reader.ts";

/** How often a part is sent before the upload fails: nobody but this can send it again. */
const partAttempts = 3;
/** Taking an upload back is not given up with what failed, but not waited for longer than this either. */
const abortMs = 30_000;

/** One multipart upload: the object appears when it is completed, or not at all. Its errors are the SDK's. */
export class MultipartUpload {
  readonly #s3: S3;
  readonly #bucket: Bucket;
  readonly #names: ObjectNames & { readonly UploadId: string | undefined };
  readonly #shown: string;
  readonly #sent: CompletedPart[] = [];

  private constructor(s3: S3, bucket: Bucket, key: string, id: string | undefined) {
    this.#s3 = s3;
    this.#bucket = bucket;
    this.#names = { ...bucket.names(key), UploadId: id };
    this.#shown = bucket.shown(key);
  }

  /** No signal ends this request: an upload that was begun must be known to be taken back. */
  static async begin(bucket: Bucket, s3: S3, key: string, sha256?: string): Promise<MultipartUpload> {
    const { sdk, client } = s3;
    const hasChecksums = (await client.config.requestChecksumCalculation()) === "WHEN_SUPPORTED";
    const command = new sdk.CreateMultipartUploadCommand({
      ...bucket.names(key),
      ...bucket.encryption,
      ...metadataOf(sha256),
      // What the SDK sends with each part must be said before.
      ...(hasChecksums && { ChecksumAlgorithm: "CRC32" }),
    });
    return new MultipartUpload(s3, bucket, key, (await client.send(command)).UploadId);
  }

  async send({ number, bytes }: Part, signal: AbortSignal): Promise<void> {
    const { sdk, client } = this.#s3;
    const command = new sdk.UploadPartCommand({ ...this.#names, PartNumber: number, Body: bytes });
    await sendAs(command, bytes, this.#bucket.isGuarded);
    for (let attempt = 1; ; attempt++) {
      try {
        const { ETag, ChecksumCRC32 } = await client.send(command, { abortSignal: signal });
        this.#sent.push({
          PartNumber: number,
          ETag: requiredTag(ETag, this.#shown),
          ...(ChecksumCRC32 !== undefined && { ChecksumCRC32 }),
        });
        return;
      } catch (error) {
        if (attempt === partAttempts || signal.aborted || !passes(error)) throw error;
        await sleep(100 * 4 ** attempt * Math.random(), undefined, { signal });
      }
    }
  }

  /** Makes the object of the parts, and decides the condition; the object's ETag. */
  async complete(condition: Condition, signal: AbortSignal): Promise<string> {
    const { sdk, client } = this.#s3;
    const command = new sdk.CompleteMultipartUploadCommand({
      ...this.#names,
      ...conditionOf(condition),
      MultipartUpload: { Parts: this.#sent.toSorted((a, b) => Number(a.PartNumber) - Number(b.PartNumber)) },
    });
    const { ETag } = await client.send(command, { abortSignal: signal });
    return requiredTag(ETag, this.#shown);
  }

  /** Has the store forget the parts, if it answers in time. */
  async takeBack(): Promise<void> {
    const { sdk, client } = this.#s3;
    const command = new sdk.AbortMultipartUploadCommand(this.#names);
    await client.send(command, { abortSignal: AbortSignal.timeout(abortMs) }).catch(() => {});
  }
}

const passes = (error: unknown): boolean => {
  const failure = failureOf(error, { bucket: "", shown: "" });
  return HawserError.is(failure) && failure.retryable;
};
