import { readSync } from "node:fs";
import { artifactErrors } from "../errors/artifact-codes.ts";

/** Exactly these bytes of an open file. */
export const readAt = (file: number, position: number, length: number): Buffer => {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const count = readSync(file, bytes, done, length - done, position + done);
    if (count === 0) throw artifactErrors.HWS_ARCHIVE_CORRUPT(["it is cut short"]);
    done += count;
  }
  return bytes;
};
