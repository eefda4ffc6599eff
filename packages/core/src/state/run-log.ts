import { randomBytes } from "node:crypto";
import type { LogEntry } from "../contracts/engine-reports.ts";
import type { Storage } from "../contracts/storage.ts";
import { KeptLines } from "./kept-lines.ts";
import { environmentKeys } from "./keys.ts";
import { flushBytes, LineFlushing } from "./line-flushing.ts";

export { readRunLog } from "./log-reader.ts";

export interface RunLogOptions {
  /** Most bytes kept of one instance's output. Default 8 MiB. */
  readonly maxBytes?: number;
  /** Default 5 s. */
  readonly flushMs?: number;
}

type LogLine = Omit<LogEntry, "run" | "instance" | "time">;

/** A longer text becomes several lines, so that no line is too long to be read back. */
const maxTextLength = 64 * 1024;

/** The output of one run's commands, by instance. */
export class RunLog {
  readonly #storage: Storage;
  readonly #keyOf: (instance: string, part: number) => string;
  readonly #maxBytes: number;
  readonly #instances = new Map<string, KeptLines>();
  readonly #flushing: LineFlushing;

  constructor(
    storage: Storage,
    application: string,
    environment: string,
    run: string,
    { maxBytes = 8 * 1024 * 1024, flushMs = 5_000 }: RunLogOptions = {},
  ) {
    this.#storage = storage;
    this.#maxBytes = maxBytes;
    const keys = environmentKeys(application, environment);
    // Who resumes a run writes beside what the dead deployer wrote, and is read after it.
    const writer = `${String(Date.now()).padStart(14, "0")}.${randomBytes(4).toString("hex")}`;
    this.#keyOf = (instance, part) => keys.log(run, instance, writer, part);
    this.#flushing = new LineFlushing(
      (context) => Promise.all([...this.#instances.values()].map((lines) => lines.flush(context))),
      flushMs,
    );
  }

  /** Takes text that is redacted already. Returns at once; what is over the cap is dropped, and a line says so. */
  write(instance: string, { step, command, text }: LogLine): void {
    const lines = this.#linesOf(instance);
    const over = () => render({ step, command, text: `[output over ${this.#maxBytes} bytes is not kept]\n` });
    for (let at = 0; at === 0 || at < text.length; at += maxTextLength)
      lines.add(render({ step, command, text: text.slice(at, at + maxTextLength) }), over);
    if (lines.unstored >= flushBytes) this.#flushing.aside();
  }

  /** Stores what was written so far. What could not be stored waits for the next time. */
  async flush(): Promise<void> {
    await this.#flushing.now();
  }

  /** Stores the rest and stops the timer. May be called twice. */
  async close(): Promise<void> {
    await this.#flushing.close();
  }

  #linesOf(instance: string): KeptLines {
    const known = this.#instances.get(instance);
    if (known !== undefined) return known;
    const lines = new KeptLines(this.#storage, (part) => this.#keyOf(instance, part), this.#maxBytes);
    this.#instances.set(instance, lines);
    return lines;
  }
}

const render = (line: LogLine): Buffer => Buffer.from(`${JSON.stringify({ time: Date.now(), ...line })}\n`);
