import type { OperationContext } from "../contracts/common.ts";
import type { LogEntry } from "../contracts/engine-reports.ts";
import type { Storage } from "../contracts/storage.ts";

type LogLine = Omit<LogEntry, "run" | "instance">;

/** Storage cannot append: an object is written again until it is this large, then the next begins. */
const partBytes = 256 * 1024;
/** A longer text becomes several lines, so that no line is too long to be read back. */
const maxTextLength = 64 * 1024;

/** The output of one run on one instance, as lines of JSON in objects of about 256 KiB. */
export class InstanceLog {
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
  add(line: LogLine): number {
    for (let at = 0; at === 0 || at < line.text.length; at += maxTextLength) {
      this.#addLine({ ...line, text: line.text.slice(at, at + maxTextLength) });
    }
    return this.#unstored;
  }

  /** Stores what waits, one flush at a time. After a failure it waits on. */
  flush(context: OperationContext): Promise<void> {
    this.#flushing = this.#flushing.catch(() => undefined).then(() => this.#store(context));
    return this.#flushing;
  }

  #addLine(line: LogLine): void {
    if (this.#capped) return;
    const { step, command } = line;
    let bytes = render(line);
    if (this.#total + bytes.length > this.#maxBytes) {
      this.#capped = true;
      bytes = render({ step, command, text: `[output over ${this.#maxBytes} bytes is not kept]\n` });
    }
    this.#total += bytes.length;
    this.#lines.push(bytes);
    this.#unstored += bytes.length;
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

function render(line: LogLine): Buffer {
  return Buffer.from(`${JSON.stringify({ step: line.step, command: line.command, text: line.text })}\n`);
}
