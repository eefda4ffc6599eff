import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import { errors } from "./errors.ts";

const chunkBytes = 256 * 1024;

/** Reads an open object to its end. The stream closes the handle, and fails when the file got shorter meanwhile. */
export function objectStream(key: string, handle: FileHandle, sizeBytes: number): Readable {
  let position = 0;
  return new Readable({
    highWaterMark: chunkBytes,
    read() {
      if (position === sizeBytes) {
        this.push(null);
        return;
      }
      const wanted = Math.min(chunkBytes, sizeBytes - position);
      handle.read(Buffer.allocUnsafe(wanted), 0, wanted, position).then(({ bytesRead, buffer }) => {
        if (bytesRead === 0) {
          this.destroy(errors.HWS_STORAGE_TRUNCATED([key, sizeBytes, position]));
          return;
        }
        position += bytesRead;
        this.push(buffer.subarray(0, bytesRead));
      }, this.destroy.bind(this));
    },
    destroy(error, callback) {
      handle.close().then(
        () => callback(error),
        (failure: Error) => callback(error ?? failure),
      );
    },
  });
}
