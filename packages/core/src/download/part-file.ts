import { createHash, type Hash, randomBytes } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { downloadErrors } from "../errors/download-codes.ts";

/** A failure of the deployer's own disk, which no other opening mends. */
export const onDisk = async <T>(work: Promise<T>): Promise<T> =>
  await work.catch((cause: NodeJS.ErrnoException) => {
    throw downloadErrors.HWS_DOWNLOAD_UNWRITABLE([cause.message], { cause });
  });

/** The bytes that have come so far, beside the place where the whole file will stand. */
export class PartFile implements AsyncDisposable {
  readonly path: string;
  readonly #file: FileHandle;
  #hash: Hash = createHash("sha256");
  #bytes = 0;

  /** @param beside the path whose folder and name it takes; both are core's own. */
  static async create(beside: string): Promise<PartFile> {
    const path = `${beside}.part-${randomBytes(6).toString("hex")}`;
    return new PartFile(path, await onDisk(open(path, "wx", 0o600)));
  }

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  get sizeBytes(): number {
    return this.#bytes;
  }

  async append(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      const { bytesWritten } = await onDisk(this.#file.write(chunk, at, chunk.length - at, this.#bytes + at));
      at += bytesWritten;
    }
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
  }

  /** Forgets what has come: the file is opened from its beginning again. */
  async restart(): Promise<void> {
    await onDisk(this.#file.truncate(0));
    this.#hash = createHash("sha256");
    this.#bytes = 0;
  }

  /** sha256 of what has come, 64 hexadecimal digits. */
  digest(): string {
    return this.#hash.copy().digest("hex");
  }

  /** Closes it and removes it where it was not renamed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
    await rm(this.path, { force: true });
  }
}
