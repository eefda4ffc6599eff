import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";

/** Looks at bytes that pass, in order. Both throw when they are not those that were expected. */
export interface BodyCheck {
  take(bytes: Uint8Array): void;
  end(): void;
}

/** Between two looks at whether somebody else waits for this thread. */
const pieceBytes = 1 << 20;

/**
 * A file as a stream. Who knows the class may instead have it fill buffers that are used again: a stream allocates each
 * piece anew, and collecting 100 MB of those costs more time than sending them.
 */
export class FileBody extends Readable {
  readonly #path: string;
  #check: BodyCheck | undefined;
  #file: Promise<FileHandle> | undefined;
  #isOver = false;

  constructor(path: string) {
    super({ highWaterMark: pieceBytes });
    this.#path = path;
  }

  /** Has the bytes looked at as they are read. Asked before the first of them. */
  checkedBy(check: BodyCheck): this {
    this.#check = check;
    return this;
  }

  /**
   * Fills a buffer with the bytes that follow, and says how many they are: fewer than it takes only at the end, then 0. It
   * fails as the file's reading, its check, or what ended the stream does. Not to be mixed with reading as a stream.
   */
  async readInto(buffer: Buffer): Promise<number> {
    let filled = 0;
    while (filled < buffer.length && !this.#isOver) {
      if (this.destroyed) throw this.errored ?? new Error("the file was let go before its end");
      this.#file ??= open(this.#path);
      const file = await this.#file;
      const length = Math.min(pieceBytes, buffer.length - filled);
      const { bytesRead } = await file.read(buffer, filled, length, null);
      if (bytesRead === 0) {
        this.#check?.end();
        this.#isOver = true;
        break;
      }
      this.#check?.take(buffer.subarray(filled, filled + bytesRead));
      filled += bytesRead;
    }
    return filled;
  }

  override _read(): void {
    const buffer = Buffer.allocUnsafeSlow(pieceBytes);
    this.readInto(buffer).then(
      (filled) => {
        if (filled > 0) this.push(buffer.subarray(0, filled));
        if (filled < pieceBytes) this.push(null);
      },
      (error: Error) => this.destroy(error),
    );
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const over = (): void => done(error);
    // A file that could not be opened has been reported to who read it; what was only read is not lost by its closing.
    if (this.#file === undefined) over();
    else this.#file.then((file) => file.close()).then(over, over);
  }
}
