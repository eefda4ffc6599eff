import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";

/** Storage cannot append: an object is written again until it is this large, then the next begins. */
const partBytes = 256 * 1024;

/** Lines in objects of about 256 KiB. */
export class KeptLines {
  readonly #storage: Storage;
  readonly #keyOf: (part: number) => string;
  readonly #maxBytes: number;
  #part = 0;
  /** The lines of the present part, stored or not. */
  #lines: Buffer[] = [];
  #unstored = 0;
  #total = 0;
  #capped = false;
  #flushing: Promise<void> = Promise.resolve();

  constructor(storage: Storage, keyOf: (part: number) => string, maxBytes: number) {
    this.#storage = storage;
    this.#keyOf = keyOf;
    this.#maxBytes = maxBytes;
  }

  /** How many bytes wait to be stored. */
  get unstored(): number {
    return this.#unstored;
  }

  /** Takes a line while there is room. The first one that finds none is replaced by `over`, and no other is taken. */
  add(line: Buffer, over: () => Buffer): void {
    if (this.#capped) return;
    this.#capped = this.#total + line.length > this.#maxBytes;
    this.addLast(this.#capped ? over() : line);
  }

  /** Takes a line that must not be missing, room or not. */
  addLast(line: Buffer): void {
    this.#total += line.length;
    this.#lines.push(line);
    this.#unstored += line.length;
  }

  /** Stores what waits, one flush at a time. After a failure it waits on. */
  flush(context: OperationContext): Promise<void> {
    this.#flushing = this.#flushing.catch(() => undefined).then(() => this.#store(context));
    return this.#flushing;
  }

  async #store(context: OperationContext): Promise<void> {
    while (this.#unstored > 0) {
      const pending = this.#unstored;
      const body = Buffer.concat(this.#lines);
      await this.#storage.put({ key: this.#keyOf(this.#part), body, sizeBytes: body.length }, context);
      this.#unstored -= pending;
      if (body.length < partBytes) continue;
      // Lines that came during the write belong to the next part.
      const late = this.#unstored;
      const all = Buffer.concat(this.#lines);
      this.#lines = late === 0 ? [] : [all.subarray(body.length)];
      this.#part += 1;
    }
  }
}
