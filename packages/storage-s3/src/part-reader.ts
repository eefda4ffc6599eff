import type { Readable } from "node:stream";
import { FileBody } from "@hawser/core/plugin";
import { s3Errors as errors } from "@hawser/s3";

/** A piece of a body, in a buffer of the caller's. */
export interface Part {
  /** 1 for the first. */
  readonly number: number;
  readonly bytes: Buffer;
}

/** Fills a buffer with the bytes that follow; fewer than it takes only at the end. */
type Fill = (into: Buffer) => Promise<number>;

/**
 * Cuts a body into parts, into buffers that the caller uses again: what is allocated does not grow with the body, and the
 * collector of garbage, which costs more than the sending, has little to do.
 */
export class PartReader {
  readonly #fill: Fill;
  #turn: Promise<unknown> = Promise.resolve();
  #count = 0;

  /** @param body is a file, or a stream of exactly `sizeBytes`. */
  constructor(key: string, body: FileBody | Readable, sizeBytes: number) {
    this.#fill = body instanceof FileBody ? fillFromFile(key, body, sizeBytes) : fillFromStream(body);
  }

  /** The next part, as long as the buffer unless it is the last; undefined at the end. May be asked by several at once. */
  async next(into: Buffer): Promise<Part | undefined> {
    const turn = this.#turn.then(() => this.#read(into));
    this.#turn = turn.catch(() => {});
    return await turn;
  }

  async #read(into: Buffer): Promise<Part | undefined> {
    const filled = await this.#fill(into);
    if (filled === 0) return undefined;
    this.#count += 1;
    return { number: this.#count, bytes: into.subarray(0, filled) };
  }
}

/** A file that is shorter or longer than was promised is refused at its end: the parts are no object before. */
const fillFromFile = (key: string, body: FileBody, sizeBytes: number): Fill => {
  let arrived = 0;
  return async (into) => {
    const filled = await body.readInto(into);
    arrived += filled;
    if (arrived > sizeBytes || (filled < into.length && arrived < sizeBytes))
      throw errors.HWS_STORAGE_TRUNCATED([key, sizeBytes, arrived]);
    return filled;
  };
};

const fillFromStream = (body: Readable): Fill => {
  const chunks: AsyncIterator<Buffer> = body[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  return async (into) => {
    let filled = 0;
    while (filled < into.length) {
      if (rest.length === 0) {
        const { value, done } = await chunks.next();
        if (done === true) break;
        rest = value;
      }
      const taken = rest.copy(into, filled);
      rest = rest.subarray(taken);
      filled += taken;
    }
    return filled;
  };
};
