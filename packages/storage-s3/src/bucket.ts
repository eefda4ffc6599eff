import { setMaxListeners } from "node:events";
import { HawserError } from "@hawser/core/plugin";
import { s3Errors as errors, failureOf, makeClient, nodeHandler, type S3 } from "@hawser/s3";
import type { S3StorageOptions } from "./options.ts";
import { type Place, placeOf } from "./place.ts";

/** What a command of the SDK needs to name an object. */
export interface ObjectNames {
  readonly Bucket: string;
  readonly Key: string;
}

/** What encrypts an object at rest, as commands of the SDK say it. */
interface Encryption {
  readonly ServerSideEncryption?: "AES256" | "aws:kms";
  readonly SSEKMSKeyId?: string;
}

/** The bucket of a storage's options: its client, made when it is first needed, and how its failures are told. */
export class Bucket implements AsyncDisposable {
  readonly place: Place;
  readonly encryption: Encryption;
  /** Whether what is sent to the store is guarded on its way by TLS. */
  readonly isGuarded: boolean;
  readonly #options: S3StorageOptions;
  #s3: Promise<S3> | undefined;

  constructor(options: S3StorageOptions) {
    const { sse, kmsKeyId } = options;
    this.#options = options;
    this.place = placeOf(options);
    this.isGuarded = options.endpoint?.startsWith("http:") !== true;
    this.encryption = {
      ...(sse !== undefined && { ServerSideEncryption: sse }),
      ...(kmsKeyId !== undefined && { SSEKMSKeyId: kmsKeyId }),
    };
  }

  async open(signal: AbortSignal): Promise<S3> {
    signal.throwIfAborted();
    // Many objects are read under the signal of one run, which Node would take for a leak.
    setMaxListeners(0, signal);
    this.#s3 ??= makeClient(this.#options, nodeHandler);
    try {
      return await this.#s3;
    } catch (error) {
      this.#s3 = undefined;
      throw error;
    }
  }

  names(key: string): ObjectNames {
    return { Bucket: this.place.bucket, Key: this.place.prefix + key };
  }

  shown(key: string): string {
    return this.place.shown + key;
  }

  /** What a caller is told of a failed request about an object. */
  failure(key: string, error: unknown, signal: AbortSignal): unknown {
    if (signal.aborted) return signal.reason;
    const failure = failureOf(error, { bucket: this.place.bucket, shown: this.shown(key) });
    if (failure === "missing") return errors.HWS_STORAGE_NOT_FOUND([key]);
    return failure === "changed" ? errors.HWS_STORAGE_CONFLICT([key]) : failure;
  }

  /** The same for a write: what `ifMatch` was to replace is gone. Nothing else is missing for a write. */
  writeFailure(key: string, error: unknown, ifMatch: string | undefined, signal: AbortSignal): unknown {
    const failure = this.failure(key, error, signal);
    if (!HawserError.is(failure, "HWS_STORAGE_NOT_FOUND")) return failure;
    if (ifMatch !== undefined) return errors.HWS_STORAGE_CONFLICT([key]);
    return errors.HWS_S3_ANSWER([this.shown(key), "what is to be written is missing"]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const made = await this.#s3?.catch(() => undefined);
    this.#s3 = undefined;
    made?.client.destroy();
  }
}

/** The ETag of an answer, which S3 always gives. */
export const requiredTag = (etag: string | undefined, shown: string): string => {
  if (etag === undefined) throw errors.HWS_S3_ANSWER([shown, "no ETag"]);
  return etag;
};
