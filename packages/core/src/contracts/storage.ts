import type { Readable } from "node:stream";
import type { OperationContext, Provider } from "./common.ts";
import type { Secret } from "./secret.ts";

/** What a store knows of an object without its bytes. */
export interface ObjectStat {
  /** Changes whenever the bytes change. Equal bytes may have equal etags. */
  readonly etag: string;
  readonly sizeBytes: number;
}

export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
}

/** The half that plans, status and instances need. */
export interface StorageReader {
  /**
   * Opens an object.
   * - A missing key is `HWS_STORAGE_NOT_FOUND`.
   * - The stream fails when it is cut short; it never ends early in silence.
   * - The bytes are those of one put, never a mixture of two.
   */
  get(
    request: { readonly key: string },
    context: OperationContext,
  ): Promise<ObjectStat & { readonly stream: Readable }>;
  /** What is known of an object; undefined when it is missing. */
  stat(request: { readonly key: string }, context: OperationContext): Promise<ObjectStat | undefined>;
  /** Every object whose key begins with the prefix, in key order. */
  list(request: { readonly prefix: string }, context: OperationContext): AsyncIterable<ListedObject>;
}

export interface PutRequest {
  /**
   * Path segments of `[A-Za-z0-9][A-Za-z0-9._-]{0,199}` joined by `/`, at most 900 characters in all; anything else is
   * `HWS_STORAGE_KEY_INVALID`.
   */
  readonly key: string;
  readonly body: Uint8Array | Readable;
  /** The length of the body. A body of another length is `HWS_STORAGE_TRUNCATED` and stores nothing. */
  readonly sizeBytes: number;
  /** The body's sha256, 64 hexadecimal digits, where it is known before: a store may keep it beside the object. */
  readonly sha256?: string;
  /** Store only if the key is missing, else `HWS_STORAGE_CONFLICT`. */
  readonly ifAbsent?: boolean;
  /** Store only if the object still has this etag, else (also when it is missing) `HWS_STORAGE_CONFLICT`. */
  readonly ifMatch?: string;
}

export interface StorageWriter {
  /**
   * Stores an object whole or not at all.
   * - Of many concurrent puts with `ifAbsent` exactly one succeeds.
   * - Of many concurrent puts with the same `ifMatch` exactly one succeeds.
   * - A put that was aborted or failed leaves the key as it was.
   * - What was stored is seen by the next get, stat and list of every process.
   */
  put(request: PutRequest, context: OperationContext): Promise<ObjectStat>;
  /** Deletes an object. Deleting a missing key succeeds. */
  delete(request: { readonly key: string }, context: OperationContext): Promise<void>;
}

/**
 * How an instance reads objects with nothing but storage up: Hawser's boot script holds it, so that whoever reads the
 * script reads its secrets too.
 */
export type InstanceReader =
  /** Objects are files below a directory that the instance mounts, at their keys. */
  | { readonly kind: "file"; readonly directory: string }
  /** Objects are answered to GET at `<url>/<key>`; every header goes along. `ca`: certificates in PEM. */
  | {
      readonly kind: "https";
      readonly url: string;
      readonly headers: Readonly<Record<string, Secret>>;
      readonly ca?: string;
    }
  /**
   * POSIX sh that defines the function `reader_config`: called with a key, it prints lines of curl's config
   * (`url = "…"`, `header = "…"`, `aws-sigv4 = "…"`, `user = "…"`) for the GET of that object. A status other than 0
   * says that it cannot be told now, and is tried again. It may call `curl` itself, and puts nothing secret into argv.
   */
  | {
      readonly kind: "script";
      readonly script: string;
      /** Values that stand in the script and must not be seen elsewhere. */
      readonly secrets: readonly Secret[];
      readonly ca?: string;
    };

/** Central storage: releases, artifacts, desired state, lock and journal live here. */
export interface Storage extends Provider, StorageReader, StorageWriter {
  /**
   * A URL that reads one object without credentials until it expires: whole and by ranges, as any HTTP client asks.
   * `ca`: certificates in PEM that vouch for its server, where these are not ones that everybody knows.
   */
  presignGet?(
    request: { readonly key: string; readonly expiresMs: number },
    context: OperationContext,
  ): Promise<{ readonly url: string; readonly ca?: string }>;
  /**
   * How instances of one application read, for as long as they live: with credentials that may read that application
   * and write nothing. Without it no instance provisions itself from this storage.
   */
  readerFor?(
    request: { readonly application: string; readonly environment: string },
    context: OperationContext,
  ): Promise<InstanceReader>;
}
