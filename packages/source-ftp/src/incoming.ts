import { Readable, Writable } from "node:stream";

/**
 * The bytes of one transfer. The library ends what it writes to when the data connection ends, before the server has
 * said that all was sent, and also when it failed: so what it writes to is not what is read here. The stream ends when
 * `finish` says so, and with an error when `fail` does.
 */
export class Incoming {
  readonly sink: Writable;
  readonly stream: Readable;
  /** Resolves at the first byte. */
  readonly begun: Promise<void>;
  #resume: (() => void) | undefined;

  /** `abandoned` is called when the reader goes away before the end. */
  constructor(abandoned: () => void) {
    let begin: () => void = () => {};
    this.begun = new Promise((resolve) => {
      begin = resolve;
    });
    this.stream = new Readable({
      read: () => this.#go(),
      destroy: (error, done) => {
        if (!this.stream.readableEnded) abandoned();
        this.#go();
        done(error);
      },
    });
    this.sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        begin();
        if (this.stream.destroyed || this.stream.push(chunk)) done();
        else this.#resume = done;
      },
    });
    // The transfer's failure comes by `fail`, and may come before somebody reads.
    for (const end of [this.sink, this.stream]) end.on("error", () => {});
  }

  finish(): void {
    this.stream.push(null);
  }

  fail(error: Error): void {
    this.stream.destroy(error);
  }

  #go(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }
}
