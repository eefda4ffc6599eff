/** The beginning of a stream, up to a limit. */
export class Head {
  readonly #limit: number;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  truncated = false;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  push(chunk: Uint8Array): void {
    const free = this.#limit - this.#size;
    if (chunk.length > free) this.truncated = true;
    if (free <= 0) return;
    const kept = chunk.subarray(0, free);
    this.#chunks.push(kept);
    this.#size += kept.length;
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }
}

/** The end of a stream, up to a limit: what a person wants to read of a failure. */
export class Tail {
  readonly #limit: number;
  #kept: Buffer = Buffer.alloc(0);

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  push(chunk: Uint8Array): void {
    const joined = Buffer.concat([this.#kept, chunk]);
    this.#kept = joined.length > this.#limit ? Buffer.from(joined.subarray(-this.#limit)) : joined;
  }

  text(): string {
    return this.#kept.toString("utf8");
  }
}
