import { createHash } from "node:crypto";
import { addAbortSignal, type Readable, Transform } from "node:stream";
import { errors } from "./errors.ts";

/** How far one end may be ahead of the other: pieces of a connection are small, and a file takes many at once. */
const aheadBytes = 1 << 20;

/**
 * A body of exactly the promised length. The last chunk is held back until the end of the stream has come, so that a
 * store never has a whole object of a body that is too long.
 */
export const exactBody = (key: string, body: Readable, sizeBytes: number, signal: AbortSignal): Readable => {
  let arrived = 0;
  let held: Buffer | undefined;
  const exact = new Transform({
    highWaterMark: aheadBytes,
    transform(chunk: Buffer, _encoding, callback) {
      arrived += chunk.length;
      if (arrived > sizeBytes) return callback(errors.HWS_STORAGE_TRUNCATED([key, sizeBytes, arrived]));
      const before = held;
      held = chunk;
      callback(null, before);
    },
    flush(callback) {
      if (arrived === sizeBytes) callback(null, held);
      else callback(errors.HWS_STORAGE_TRUNCATED([key, sizeBytes, arrived]));
    },
  });
  // Who reads it gets its error, also when it comes before the reading begins.
  exact.on("error", () => {});
  body.once("error", (error) => exact.destroy(error));
  body.once("close", () => {
    if (!body.readableEnded) exact.destroy(errors.HWS_STORAGE_TRUNCATED([key, sizeBytes, arrived]));
  });
  exact.once("close", () => body.destroy());
  return body.pipe(addAbortSignal(signal, exact));
};

/** What is known of an object before its bytes come. */
export interface Announced {
  readonly sizeBytes: number;
  /** 64 hexadecimal digits, of an object that was stored with them. */
  readonly sha256: string | undefined;
}

/** What a store sends, with an error of this storage when it is cut or is not what was stored. */
export const arriving = (
  key: string,
  body: Readable,
  { sizeBytes, sha256 }: Announced,
  signal: AbortSignal,
): Readable => {
  let arrived = 0;
  const hash = sha256 === undefined ? undefined : createHash("sha256");
  const stream = new Transform({
    highWaterMark: aheadBytes,
    transform(chunk: Buffer, _encoding, callback) {
      arrived += chunk.length;
      hash?.update(chunk);
      callback(null, chunk);
    },
    flush(callback) {
      if (arrived !== sizeBytes) callback(errors.HWS_S3_CUT([key, sizeBytes, arrived]));
      else callback(hash?.digest("hex") === sha256 ? null : errors.HWS_S3_DAMAGED([key]));
    },
  });
  // Who reads it gets its error; nobody else has to listen.
  stream.on("error", () => {});
  const stop = (): void => void stream.destroy(signal.reason as Error);
  signal.addEventListener("abort", stop, { once: true });
  const cut = (cause?: unknown): void =>
    void stream.destroy(errors.HWS_S3_CUT([key, sizeBytes, arrived], { cause }));
  body.once("error", cut);
  body.once("close", () => {
    if (!body.readableEnded) cut();
  });
  stream.once("close", () => {
    signal.removeEventListener("abort", stop);
    body.destroy();
  });
  return body.pipe(stream);
};
