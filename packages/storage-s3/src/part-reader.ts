import type { Readable } from "node:stream";

/** A piece of a body, in a buffer of the caller's. */
export interface Part {
  /** 1 for the first. */
  readonly number: number;
  readonly bytes: Buffer;
}

/**
 * Cuts a body into parts, into buffers that the caller uses again: what is allocated does not grow with the body, and the
 * collector of garbage, which costs more than the sending, has little to do.
 */
export class PartReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  #turn: Promise<unknown> = Promise.resolve();
  #count = 0;

  constructor(body: Readable) {
    this.#chunks = body[Symbol.asyncIterator]();
  }

  /** The next part, as long as the buffer unless it is the last; undefined at the end. May be asked by several at once. */
  async next(into: Buffer): Promise<Part | undefined> {
    const turn = this.#turn.then(() => this.#fill(into));
    this.#turn = turn.catch(() => {});
    return await turn;
  }

  async #fill(into: Buffer): Promise<Part | undefined> {
    let filled = 0;
    while (filled < into.length) {
      if (this.#rest.length === 0) {
        const { value, done } = await this.#chunks.next();
        if (done === true) break;
        this.#rest = value;
      }
      const taken = this.#rest.copy(into, filled);
      this.#rest = this.#rest.subarray(taken);
      filled += taken;
    }
    if (filled === 0) return undefined;
    this.#count += 1;
    return { number: this.#count, bytes: into.subarray(0, filled) };
  }
}
