import { randomBytes } from "node:crypto";
import type { Logger } from "../contracts/common.ts";
import type { LogEntry } from "../contracts/engine-reports.ts";
import type { Storage } from "../contracts/storage.ts";
import { InstanceLog } from "./instance-log.ts";
import { environmentKeys } from "./keys.ts";

export { readRunLog } from "./log-reader.ts";

export interface RunLogOptions {
  /** Most bytes kept of one instance's output. Default 8 MiB. */
  readonly maxBytes?: number;
  /** Default 5 s. */
  readonly flushMs?: number;
}

const flushBytes = 256 * 1024;

/** No storage shall hold up the end of a run for longer because of its output. */
const flushLimitMs = 30_000;

/** What storage has to say about storing output would be output again. */
const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** The output of one run's commands, by instance. */
export class RunLog {
  readonly #storage: Storage;
  readonly #keyOf: (instance: string, part: number) => string;
  readonly #maxBytes: number;
  readonly #instances = new Map<string, InstanceLog>();
  readonly #timer: NodeJS.Timeout;

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
    this.#timer = setInterval(() => this.#flushAside(), flushMs);
    this.#timer.unref();
  }

  /** Takes text that is redacted already. Returns at once; what is over the cap is dropped, and a line says so. */
  write(instance: string, line: Omit<LogEntry, "run" | "instance">): void {
    let log = this.#instances.get(instance);
    if (log === undefined) {
      const keyOf = (part: number) => this.#keyOf(instance, part);
      log = new InstanceLog(this.#storage, keyOf, this.#maxBytes);
      this.#instances.set(instance, log);
    }
    if (log.add(line) >= flushBytes) this.#flushAside();
  }

  /** Stores what was written so far. What could not be stored waits for the next time. */
  async flush(): Promise<void> {
    // The last lines of an aborted run are worth the most: its signal does not stop them, a limit does.
    const signal = AbortSignal.timeout(flushLimitMs);
    const context = { signal, logger: silent, progress: () => undefined };
    await Promise.all([...this.#instances.values()].map((log) => log.flush(context)));
  }

  /** Stores the rest and stops the timer. May be called twice. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  #flushAside(): void {
    // Output is never worth failing a run for; `close` tells when the last of it could not be stored.
    this.flush().catch(() => undefined);
  }
}
