import type { OperationContext } from "../contracts/common.ts";
import type { LogEntry } from "../contracts/engine.ts";
import type { Storage } from "../contracts/storage.ts";
import { InstanceLog } from "./instance-log.ts";
import { environmentKeys } from "./keys.ts";

export interface RunLogOptions {
  /** Sets the writers of one run apart: the epoch under which this one works. */
  readonly epoch: number;
  /** Most bytes kept of one instance's output. Default 8 MiB. */
  readonly maxBytes?: number;
  /** Default 5 s. */
  readonly flushMs?: number;
}

const flushBytes = 256 * 1024;

/** The output of one run's commands, by instance. Losing it breaks nothing: a failure to store it is a warning. */
export class RunLog {
  readonly #storage: Storage;
  readonly #keyOf: (instance: string, part: number) => string;
  readonly #context: OperationContext;
  readonly #maxBytes: number;
  readonly #instances = new Map<string, InstanceLog>();
  readonly #timer: NodeJS.Timeout;
  #warned = false;

  constructor(
    storage: Storage,
    application: string,
    environment: string,
    run: string,
    options: RunLogOptions,
    context: OperationContext,
  ) {
    this.#storage = storage;
    const keys = environmentKeys(application, environment);
    const writer = String(options.epoch).padStart(6, "0");
    this.#keyOf = (instance, part) => keys.log(run, instance, writer, part);
    this.#context = context;
    this.#maxBytes = options.maxBytes ?? 8 * 1024 * 1024;
    this.#timer = setInterval(() => void this.flush(), options.flushMs ?? 5_000);
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
    if (log.add(line) >= flushBytes) void this.#flushed(log);
  }

  /** Stores what was written so far. Never rejects. */
  async flush(): Promise<void> {
    await Promise.all([...this.#instances.values()].map((log) => this.#flushed(log)));
  }

  /** Stores the rest and stops the timer. May be called twice. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #flushed(log: InstanceLog): Promise<void> {
    try {
      // The last lines of an aborted run are worth the most: its signal does not stop them, a limit does.
      await log.flush({ ...this.#context, signal: AbortSignal.timeout(30_000) });
    } catch (error) {
      if (!this.#warned) this.#context.logger.warn("output could not be stored", { error: String(error) });
      this.#warned = true;
    }
  }
}
