import { Readable, Transform, type TransformCallback } from "node:stream";

/**
 * Hands on what passes, one piece late: the last one goes only when it is known that the body ends there. A server that has
 * all the bytes that were promised would store them, also of a body that is longer.
 */
class Measure extends Transform {
  readonly #sizeBytes: number;
  readonly #wrong: () => Error;
  #seen = 0;
  #held: Uint8Array | undefined;

  constructor(sizeBytes: number, wrong: () => Error) {
    super();
    this.#sizeBytes = sizeBytes;
    this.#wrong = wrong;
  }

  override _transform(piece: Uint8Array, _: BufferEncoding, done: TransformCallback): void {
    this.#seen += piece.length;
    const ready = this.#held;
    this.#held = piece;
    if (this.#seen > this.#sizeBytes) done(this.#wrong());
    else done(null, ready);
  }

  override _flush(done: TransformCallback): void {
    if (this.#seen === this.#sizeBytes) done(null, this.#held);
    else done(this.#wrong());
  }
}

/** A body as streams to be joined: the second fails with `wrong` where the first has another length. */
export const measured = (
  body: Uint8Array | Readable,
  sizeBytes: number,
  wrong: () => Error,
): readonly [Readable, Transform] => [
  body instanceof Readable ? body : Readable.from([body], { objectMode: false }),
  new Measure(sizeBytes, wrong),
];
