import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type {
  InstanceReader,
  ListedObject,
  ObjectStat,
  OperationContext,
  Problem,
  PutRequest,
  Storage,
} from "@hawser/core/plugin";
import { FileBody, HawserError } from "@hawser/core/plugin";
import {
  arriving,
  Conditions,
  checkKey,
  checkPrefix,
  checkReader,
  s3Errors as errors,
  exactBody,
  failureOf,
  instanceReader,
  presignGet,
  problemsOf,
  type ReaderOptions,
  readAuthorities,
} from "@hawser/s3";
import { Bucket, requiredTag } from "./bucket.ts";
import { listKeys } from "./key-listing.ts";
import { partBytes, putParts } from "./multipart.ts";
import { digestName, mostPutBytes, putObject, putStream } from "./object-put.ts";
import { putOnePart } from "./one-part.ts";
import type { S3StorageOptions } from "./options.ts";

/** Objects of a bucket. What is conditional is decided by the store. */
export class S3Storage implements Storage {
  readonly #bucket: Bucket;
  /** AWS is known to keep conditions; every other store proves it before the first write that relies on it. */
  readonly #isKnown: boolean;
  /** Absent when the options name no reader. */
  readonly readerFor?: NonNullable<Storage["readerFor"]>;
  /** The file of the certificates that the store is trusted by. */
  readonly #ca: string | undefined;
  readonly #writes: Conditions;
  readonly #uploads: Conditions;

  constructor(options: S3StorageOptions) {
    const bucket = new Bucket(options);
    const { shown } = bucket.place;
    this.#bucket = bucket;
    this.#ca = options.ca;
    this.#isKnown = options.endpoint === undefined;
    if (options.reader !== undefined) {
      const reader = checkReader(options.reader, options.accessKeyId);
      this.readerFor = (_request, { signal }) => this.#readerAs(reader, options.ca, signal);
    }
    this.#writes = new Conditions(this, shown, {
      name: "writes",
      put: async (request, { signal }) => ({ etag: await putObject(bucket, request, signal) }),
    });
    this.#uploads = new Conditions(this, shown, {
      name: "multipart uploads",
      put: async (request, { signal }) => ({ etag: await putOnePart(bucket, request, signal) }),
    });
  }

  async get(
    { key }: { readonly key: string },
    { signal }: OperationContext,
  ): Promise<ObjectStat & { readonly stream: Readable }> {
    checkKey(key);
    const { sdk, client } = await this.#bucket.open(signal);
    const command = new sdk.GetObjectCommand(this.#bucket.names(key));
    const answer = await client.send(command, { abortSignal: signal }).catch((error: unknown) => {
      throw this.#bucket.failure(key, error, signal);
    });
    const body = answer.Body as Readable;
    try {
      const known = this.#statOf(key, answer);
      // Who reads a long body proves it by the digest that names it: once is enough.
      const sha256 = known.sizeBytes > partBytes ? undefined : answer.Metadata?.[digestName];
      return { ...known, stream: arriving(key, body, { ...known, sha256 }, signal) };
    } catch (error) {
      body.destroy();
      throw error;
    }
  }

  async stat(
    { key }: { readonly key: string },
    { signal }: OperationContext,
  ): Promise<ObjectStat | undefined> {
    checkKey(key);
    const { sdk, client } = await this.#bucket.open(signal);
    const command = new sdk.HeadObjectCommand(this.#bucket.names(key));
    try {
      return this.#statOf(key, await client.send(command, { abortSignal: signal }));
    } catch (error) {
      const failure = this.#bucket.failure(key, error, signal);
      if (HawserError.is(failure, "HWS_STORAGE_NOT_FOUND")) return undefined;
      throw failure;
    }
  }

  async *list(
    { prefix }: { readonly prefix: string },
    { signal }: OperationContext,
  ): AsyncGenerator<ListedObject> {
    checkPrefix(prefix);
    yield* listKeys(await this.#bucket.open(signal), this.#bucket.place, prefix, signal);
  }

  async put(request: PutRequest, context: OperationContext): Promise<ObjectStat> {
    const { key, body, sizeBytes, ifAbsent = false, ifMatch } = request;
    checkKey(key);
    context.signal.throwIfAborted();
    if (ifAbsent && ifMatch !== undefined) throw errors.HWS_STORAGE_CONFLICT([key]);
    if (body instanceof Uint8Array && body.length !== sizeBytes)
      throw errors.HWS_STORAGE_TRUNCATED([key, sizeBytes, body.length]);
    const etag =
      sizeBytes > partBytes ? await this.#putLong(request, context) : await this.#putShort(request, context);
    return { etag, sizeBytes };
  }

  async delete({ key }: { readonly key: string }, { signal }: OperationContext): Promise<void> {
    checkKey(key);
    const { sdk, client } = await this.#bucket.open(signal);
    const command = new sdk.DeleteObjectCommand(this.#bucket.names(key));
    await client.send(command, { abortSignal: signal }).catch((error: unknown) => {
      const failure = this.#bucket.failure(key, error, signal);
      if (!HawserError.is(failure, "HWS_STORAGE_NOT_FOUND")) throw failure;
    });
  }

  async presignGet(
    { key, expiresMs }: { readonly key: string; readonly expiresMs: number },
    { signal }: OperationContext,
  ): Promise<{ readonly url: string; readonly ca?: string }> {
    checkKey(key);
    const s3 = await this.#bucket.open(signal);
    try {
      const url = await presignGet(s3, this.#bucket.names(key), expiresMs);
      return { url, ...(this.#ca !== undefined && { ca: await readAuthorities(this.#ca) }) };
    } catch (error) {
      throw this.#bucket.failure(key, error, signal);
    }
  }

  async check(context: OperationContext): Promise<readonly Problem[]> {
    return await problemsOf(this, this.#writes, context);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bucket[Symbol.asyncDispose]();
  }

  async #readerAs(
    reader: ReaderOptions,
    ca: string | undefined,
    signal: AbortSignal,
  ): Promise<InstanceReader> {
    const { bucket, prefix, shown } = this.#bucket.place;
    try {
      return await instanceReader(await this.#bucket.open(signal), reader, { bucket, prefix, ca });
    } catch (error) {
      const failure = signal.aborted ? signal.reason : failureOf(error, { bucket, shown });
      throw failure;
    }
  }

  /** What fits one part is read whole: it goes out with its digest. */
  async #putShort(
    { key, body, sizeBytes, ...condition }: PutRequest,
    context: OperationContext,
  ): Promise<string> {
    const { signal } = context;
    const whole =
      body instanceof Uint8Array ? body : await wholeBody(exactBody(key, body, sizeBytes, signal), signal);
    if (isConditional(condition)) await this.#prove(this.#writes, context);
    return await putObject(this.#bucket, { key, body: whole, ...condition }, signal);
  }

  async #putLong(request: PutRequest, context: OperationContext): Promise<string> {
    const { key, body, sizeBytes } = request;
    const { signal } = context;
    const stream =
      body instanceof FileBody
        ? body
        : exactBody(key, body instanceof Uint8Array ? Readable.from([body]) : body, sizeBytes, signal);
    try {
      if (!isConditional(request)) return await putParts(this.#bucket, { ...request, body: stream }, signal);
      await this.#refuseEarly(request, context);
      if (await this.#decidesUploads(sizeBytes, context))
        return await putParts(this.#bucket, { ...request, body: stream }, signal);
      const exact = stream instanceof FileBody ? exactBody(key, stream, sizeBytes, signal) : stream;
      return await putStream(this.#bucket, { ...request, body: exact }, signal);
    } finally {
      stream.destroy();
    }
  }

  /** Some stores forget the condition at the end of a multipart upload; what fits a single put goes by that then. */
  async #decidesUploads(sizeBytes: number, context: OperationContext): Promise<boolean> {
    try {
      await this.#prove(this.#uploads, context);
      return true;
    } catch (error) {
      if (!HawserError.is(error, "HWS_S3_NO_CONDITIONS") || sizeBytes > mostPutBytes) throw error;
      await this.#prove(this.#writes, context);
      return false;
    }
  }

  /** Spares the caller the upload when the condition has failed already. */
  async #refuseEarly({ key, ifAbsent, ifMatch }: PutRequest, context: OperationContext): Promise<void> {
    const found = await this.stat({ key }, context);
    if (ifAbsent === true ? found !== undefined : found?.etag !== ifMatch)
      throw errors.HWS_STORAGE_CONFLICT([key]);
  }

  async #prove(conditions: Conditions, context: OperationContext): Promise<void> {
    if (!this.#isKnown) await conditions.prove(context);
  }

  #statOf(
    key: string,
    answer: { readonly ETag?: string | undefined; readonly ContentLength?: number | undefined },
  ): ObjectStat {
    const etag = requiredTag(answer.ETag, this.#bucket.shown(key));
    if (answer.ContentLength === undefined)
      throw errors.HWS_S3_ANSWER([this.#bucket.shown(key), "no length"]);
    return { etag, sizeBytes: answer.ContentLength };
  }
}

const wholeBody = async (body: Readable, signal: AbortSignal): Promise<Buffer> =>
  await buffer(body).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });

const isConditional = ({ ifAbsent, ifMatch }: Pick<PutRequest, "ifAbsent" | "ifMatch">): boolean =>
  ifAbsent === true || ifMatch !== undefined;
