import { setMaxListeners } from "node:events";
import { Readable } from "node:stream";
import type {
  ListedObject,
  ObjectStat,
  OperationContext,
  Problem,
  PutRequest,
  Storage,
} from "@hawser/core/plugin";
import { HawserError } from "@hawser/core/plugin";
import {
  arriving,
  checkConditions,
  checkKey,
  checkPrefix,
  s3Errors as errors,
  exactBody,
  failureOf,
  makeClient,
  nodeHandler,
  type S3,
} from "@hawser/s3";
import { listKeys } from "./key-listing.ts";
import type { S3StorageOptions } from "./options.ts";
import { type Place, placeOf } from "./place.ts";

/** Objects of a bucket. What is conditional is decided by the store. */
export class S3Storage implements Storage {
  readonly #options: S3StorageOptions;
  readonly #place: Place;
  #s3: Promise<S3> | undefined;

  constructor(options: S3StorageOptions) {
    this.#options = options;
    this.#place = placeOf(options);
  }

  async get(
    { key }: { readonly key: string },
    { signal }: OperationContext,
  ): Promise<ObjectStat & { readonly stream: Readable }> {
    const { sdk, client } = await this.#open(key, signal);
    const answer = await client
      .send(new sdk.GetObjectCommand(this.#names(key)), { abortSignal: signal })
      .catch((error: unknown) => {
        throw this.#failure(key, error, signal);
      });
    const { ETag: etag, ContentLength: sizeBytes } = answer;
    const body = answer.Body as Readable;
    if (etag === undefined || sizeBytes === undefined) {
      body.destroy();
      throw errors.HWS_S3_ANSWER([this.#shown(key), "no ETag or length"]);
    }
    return { etag, sizeBytes, stream: arriving(key, body, sizeBytes, signal) };
  }

  async stat(
    { key }: { readonly key: string },
    { signal }: OperationContext,
  ): Promise<ObjectStat | undefined> {
    const { sdk, client } = await this.#open(key, signal);
    try {
      const answer = await client.send(new sdk.HeadObjectCommand(this.#names(key)), { abortSignal: signal });
      const { ETag: etag, ContentLength: sizeBytes } = answer;
      if (etag !== undefined && sizeBytes !== undefined) return { etag, sizeBytes };
      throw errors.HWS_S3_ANSWER([this.#shown(key), "no ETag or length"]);
    } catch (error) {
      const failure = this.#failure(key, error, signal);
      if (HawserError.is(failure, "HWS_STORAGE_NOT_FOUND")) return undefined;
      throw failure;
    }
  }

  async *list(
    { prefix }: { readonly prefix: string },
    { signal }: OperationContext,
  ): AsyncGenerator<ListedObject> {
    checkPrefix(prefix);
    signal.throwIfAborted();
    yield* listKeys(await this.#client(), this.#place, prefix, signal);
  }

  async put(request: PutRequest, context: OperationContext): Promise<ObjectStat> {
    const { key, body, sizeBytes, ifAbsent = false, ifMatch } = request;
    const s3 = await this.#open(key, context.signal);
    if (ifAbsent && ifMatch !== undefined) throw errors.HWS_STORAGE_CONFLICT([key]);
    if (body instanceof Uint8Array) {
      if (body.length !== sizeBytes) throw errors.HWS_STORAGE_TRUNCATED([key, sizeBytes, body.length]);
    } else await this.#refuseEarly(request, context);
    const stream = body instanceof Uint8Array ? undefined : exactBody(key, body, sizeBytes);
    return await this.#send(s3, request, stream ?? (body as Uint8Array), context.signal);
  }

  async delete({ key }: { readonly key: string }, { signal }: OperationContext): Promise<void> {
    const { sdk, client } = await this.#open(key, signal);
    await client
      .send(new sdk.DeleteObjectCommand(this.#names(key)), { abortSignal: signal })
      .catch((error: unknown) => {
        const failure = this.#failure(key, error, signal);
        if (!HawserError.is(failure, "HWS_STORAGE_NOT_FOUND")) throw failure;
      });
  }

  async check(context: OperationContext): Promise<readonly Problem[]> {
    return await checkConditions(this, this.#place.shown, context);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const made = await this.#s3?.catch(() => undefined);
    this.#s3 = undefined;
    made?.client.destroy();
  }

  /** Spares the caller the upload when the condition has failed already. */
  async #refuseEarly({ key, ifAbsent, ifMatch }: PutRequest, context: OperationContext): Promise<void> {
    if (!ifAbsent && ifMatch === undefined) return;
    const found = await this.stat({ key }, context);
    if (ifAbsent ? found !== undefined : found?.etag !== ifMatch) throw errors.HWS_STORAGE_CONFLICT([key]);
  }

  /** A body that fails ends the request: the store then has less than it was promised, and keeps nothing. */
  async #send(
    { sdk, client }: S3,
    { key, sizeBytes, ifAbsent, ifMatch }: PutRequest,
    body: Uint8Array | Readable,
    signal: AbortSignal,
  ): Promise<ObjectStat> {
    const broken = new AbortController();
    const both = AbortSignal.any([signal, broken.signal]);
    if (body instanceof Readable) body.once("error", (error) => broken.abort(error));
    const command = new sdk.PutObjectCommand({
      ...this.#names(key),
      Body: body,
      ContentLength: sizeBytes,
      ...(ifAbsent === true && { IfNoneMatch: "*" }),
      ...(ifMatch !== undefined && { IfMatch: ifMatch }),
    });
    try {
      const { ETag: etag } = await client.send(command, { abortSignal: both });
      if (etag === undefined) throw errors.HWS_S3_ANSWER([this.#shown(key), "no ETag"]);
      return { etag, sizeBytes };
    } catch (error) {
      if (broken.signal.aborted && !signal.aborted) throw broken.signal.reason;
      const failure = this.#failure(key, error, signal);
      const gone = ifMatch !== undefined && HawserError.is(failure, "HWS_STORAGE_NOT_FOUND");
      throw gone ? errors.HWS_STORAGE_CONFLICT([key]) : failure;
    } finally {
      if (body instanceof Readable) body.destroy();
    }
  }

  #names(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#place.bucket, Key: this.#place.prefix + key };
  }

  #shown(key: string): string {
    return this.#place.shown + key;
  }

  async #open(key: string, signal: AbortSignal): Promise<S3> {
    checkKey(key);
    signal.throwIfAborted();
    // Many objects are read under the signal of one run, which Node would take for a leak.
    setMaxListeners(0, signal);
    return await this.#client();
  }

  async #client(): Promise<S3> {
    this.#s3 ??= makeClient(this.#options, nodeHandler);
    try {
      return await this.#s3;
    } catch (error) {
      this.#s3 = undefined;
      throw error;
    }
  }

  #failure(key: string, error: unknown, signal: AbortSignal): unknown {
    if (signal.aborted) return signal.reason;
    const failure = failureOf(error, { bucket: this.#place.bucket, shown: this.#shown(key) });
    if (failure === "missing") return errors.HWS_STORAGE_NOT_FOUND([key]);
    return failure === "changed" ? errors.HWS_STORAGE_CONFLICT([key]) : failure;
  }
}
