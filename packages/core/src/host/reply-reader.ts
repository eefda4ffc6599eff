import type { Readable } from "node:stream";

const newline = 0x0a;

/** Takes lines and counted bytes from a stream, whatever its chunks are. */
export class ReplyReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);
  /** Called for every chunk that arrives. */
  readonly #onChunk: () => void;

  constructor(readable: Readable, onChunk: () => void) {
    this.#chunks = readable[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    this.#onChunk = onChunk;
  }

  /** The next line without its newline, one character a byte; undefined at the end of the stream. */
  async line(limitBytes: number): Promise<string | undefined> {
    let searched = 0;
    for (;;) {
      const end = this.#held.indexOf(newline, searched);
      if (end >= 0 && end <= limitBytes) {
        const line = this.#held.toString("utf8", 0, end);
        this.#held = this.#held.subarray(end + 1);
        return line;
      }
      if (this.#held.length > limitBytes) throw new RangeError(`a line of more than ${limitBytes} bytes`);
      searched = this.#held.length;
      if (!(await this.#more())) return undefined;
    }
  }

  /** Hands on exactly `count` bytes; false when the stream ended before. */
  async bytes(count: number, take: (chunk: Buffer) => void): Promise<boolean> {
    let left = count;
    while (left > 0) {
      if (this.#held.length === 0 && !(await this.#more())) return false;
      const part = this.#held.subarray(0, left);
      this.#held = this.#held.subarray(part.length);
      left -= part.length;
      take(part);
    }
    return true;
  }

  async #more(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done === true) return false;
    this.#onChunk();
    const chunk = Buffer.isBuffer(next.value) ? next.value : Buffer.from(next.value);
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    return true;
  }
}
