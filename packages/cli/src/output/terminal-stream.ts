import { closeSync, constants, openSync, writeSync } from "node:fs";
import { Writable } from "node:stream";

const againMs = 20;

/**
 * Writes to a terminal without ever waiting for it. Node's own stream waits: a person who presses Ctrl-S, or a line
 * that hangs, would stop the whole process and with it the beat of the lock.
 */
export class TerminalStream extends Writable {
  readonly #fd: number;
  #again: NodeJS.Timeout | undefined;

  private constructor(fd: number) {
    super({ decodeStrings: true, highWaterMark: 1 << 16 });
    this.#fd = fd;
  }

  /** Opens what a descriptor leads to once more, so that not waiting is no matter of who shares the first. */
  static open(path: string): TerminalStream | undefined {
    try {
      return new TerminalStream(
        openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY),
      );
    } catch {
      return undefined;
    }
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    try {
      const written = writeSync(this.#fd, chunk);
      if (written === chunk.length) done();
      else this.#later(chunk.subarray(written), done);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") this.#later(chunk, done);
      else done(error as Error);
    }
  }

  #later(rest: Buffer, done: (error?: Error | null) => void): void {
    this.#again = setTimeout(() => this._write(rest, "utf8", done), againMs);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#again);
    closeSync(this.#fd);
    done(error);
  }
}
