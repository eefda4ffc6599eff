import { type Readable, Transform } from "node:stream";
import { errors } from "./errors.ts";

/**
 * A body of exactly the promised length. The last chunk is held back until the end of the stream has come, so that a
 * store never has a whole object of a body that is too long.
 */
export const exactBody = (key: string, body: Readable, sizeBytes: number): Readable => {
  let arrived = 0;
  let held: Buffer | undefined;
  const exact = new Transform({
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
  body.once("error", (error) => exact.destroy(error));
  body.once("close", () => {
    if (!body.readableEnded) exact.destroy(errors.HWS_STORAGE_TRUNCATED([key, sizeBytes, arrived]));
  });
  exact.once("close", () => body.destroy());
  return body.pipe(exact);
};

/** What a store sends, with an error of this storage when it is cut. */
export const arriving = (key: string, body: Readable, sizeBytes: number, signal: AbortSignal): Readable => {
  let arrived = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      arrived += chunk.length;
      callback(null, chunk);
    },
    flush(callback) {
      callback(arrived === sizeBytes ? null : errors.HWS_S3_CUT([key, sizeBytes, arrived]));
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
