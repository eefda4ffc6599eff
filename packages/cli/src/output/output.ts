import type { Writable } from "node:stream";

/** From here on a reader counts as stalled. */
const stalledBytes = 1 << 20;

/**
 * Where a command writes. Writing never waits and never fails: when the reader went away the text is dropped, so
 * that a closed pipe or terminal cannot stop a run.
 */
export class Output {
  readonly #stream: Writable;
  #closed = false;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on("error", () => {
      this.#closed = true;
    });
  }

  get stalled(): boolean {
    return this.#stream.writableLength > stalledBytes;
  }

  /** Whether the reader has not taken yet what was written before. */
  get busy(): boolean {
    return this.#stream.writableLength > 0;
  }

  write(text: string): void {
    if (this.#closed || this.#stream.destroyed || text === "") return;
    this.#stream.write(text);
  }

  line(text = ""): void {
    this.write(`${text}\n`);
  }

  lines(lines: readonly string[]): void {
    this.write(lines.map((line) => `${line}\n`).join(""));
  }

  /** Resolves when everything was handed over, the reader is gone, or the limit has passed. */
  flushed(limitMs: number): Promise<void> {
    if (this.#closed || this.#stream.destroyed || this.#stream.writableLength === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#stream.once("error", done);
      this.#stream.write("", done);
    });
  }
}
