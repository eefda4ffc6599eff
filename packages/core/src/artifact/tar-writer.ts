import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

const chunkBytes = 1 << 20;

/** Writes an archive in large chunks, one in the air, and takes its digest on the way. */
export class TarWriter {
  readonly #file: FileHandle;
  readonly #hash = createHash("sha256");
  #chunk = Buffer.allocUnsafe(chunkBytes);
  #filled = 0;
  #writing: Promise<void> = Promise.resolve();
  #written = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async write(bytes: Uint8Array): Promise<void> {
    let from = 0;
    while (from < bytes.length) {
      const part = bytes.subarray(from, from + chunkBytes - this.#filled);
      this.#chunk.set(part, this.#filled);
      this.#filled += part.length;
      from += part.length;
      if (this.#filled === chunkBytes) await this.#flush();
    }
  }

  /** Ends the archive's bytes. The file stays open. */
  async end(): Promise<{ readonly digest: string; readonly sizeBytes: number }> {
    await this.#flush();
    await this.#writing;
    return { digest: `sha256-${this.#hash.digest("hex")}`, sizeBytes: this.#written };
  }

  /** Waits for the chunk in the air, so that the file can be closed; its failure was or will be thrown elsewhere. */
  async settle(): Promise<void> {
    await this.#writing.catch(() => {});
  }

  async #flush(): Promise<void> {
    await this.#writing;
    const chunk = this.#chunk.subarray(0, this.#filled);
    this.#writing = writeAll(this.#file, chunk);
    this.#writing.catch(() => {});
    this.#hash.update(chunk);
    this.#written += chunk.length;
    this.#chunk = Buffer.allocUnsafe(chunkBytes);
    this.#filled = 0;
  }
}

/** A write may take only a part, as on a disk that is nearly full. */
const writeAll = async (file: FileHandle, bytes: Buffer): Promise<void> => {
  let from = 0;
  while (from < bytes.length) from += (await file.write(bytes, from)).bytesWritten;
};
