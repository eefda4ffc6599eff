import { pipeline, type Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { FileBody } from "../plugin/file-body.ts";
import { checkedStream, DigestCheck } from "./content.ts";

/** A storage that is away for some minutes is waited for; one that cuts every upload is not tried for ever. */
const uploads = 12;
const longestWaitMs = 20_000;

/** Bytes that are known before they are stored. */
export interface KnownBytes {
  readonly sizeBytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  open(): Readable;
}

/**
 * Stores bytes under a key that is named by their digest; who was faster stored the same ones. A stream cannot be read
 * twice, so that nobody but its opener can try again.
 */
export async function upload(
  storage: Storage,
  key: string,
  bytes: KnownBytes,
  context: OperationContext,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { sizeBytes, sha256 } = bytes;
    const body = checked(key, bytes);
    try {
      await storage.put({ key, body, sizeBytes, sha256, ifAbsent: true }, context);
      return;
    } catch (error) {
      if (HawserError.is(error, "HWS_STORAGE_CONFLICT")) return;
      const again = HawserError.is(error) && error.retryable && attempt < uploads;
      if (!again) throw error;
      await sleep(Math.min(longestWaitMs, 250 * 2 ** attempt), undefined, { signal: context.signal });
    } finally {
      body.destroy();
    }
  }
}

/** A file stays one that a storage may read into buffers of its own. */
const checked = (key: string, bytes: KnownBytes): Readable => {
  const opened = bytes.open();
  if (opened instanceof FileBody) return opened.checkedBy(new DigestCheck(key, bytes));
  return pipeline(opened, checkedStream(key, bytes), () => undefined);
};
