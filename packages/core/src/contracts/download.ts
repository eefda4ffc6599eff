import type { Readable } from "node:stream";
import type { OperationContext } from "./common.ts";

/** The bytes of one file from an offset on, through any protocol. */
export interface OpenedPart {
  readonly stream: Readable;
  /** Where the stream begins: what was asked for, or 0 when the protocol can only give the whole file. */
  readonly offset: number;
  /** The length of the whole file, when it is known now. */
  readonly sizeBytes?: number;
}

export interface DownloadRequest {
  /** What the bytes are known by: equal identities mean equal bytes (URL and ETag, build and path). Any text. */
  readonly identity: string;
  /** The length of the file when it is known before. */
  readonly sizeBytes?: number;
  /** What the file must have, 64 hexadecimal digits. */
  readonly sha256?: string;
  /** Opens the file at an offset. Its retryable errors, and those of its stream, are tried again. */
  open(offset: number, context: OperationContext): Promise<OpenedPart>;
}

/** A file that was downloaded whole. */
export interface Downloaded {
  readonly path: string;
  readonly sizeBytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** True when kept bytes of an earlier download were taken and nothing was opened. */
  readonly kept: boolean;
}

/**
 * Downloads one file into the plugin's cache, whole or not at all.
 * - A stream that is cut or stands still is opened again where it stopped, within a budget; progress refills the budget.
 * - A file of another length is `HWS_DOWNLOAD_LENGTH`, of another digest `HWS_DOWNLOAD_DIGEST`; neither is ever given.
 * - Bytes of the same identity that are still in the cache, and still have their digest, are given without `open`.
 * - A cancelled or failed download leaves nothing behind.
 * - The last files are kept for later downloads; a file that was given stays until the engine is disposed.
 */
export type Download = (request: DownloadRequest, context: OperationContext) => Promise<Downloaded>;
