import type { Logger, OperationContext } from "../contracts/common.ts";

/** What waits is stored once it is so much. */
export const flushBytes: number = 256 * 1024;

/** No storage shall hold up the end of a run for longer because of what is kept of it. */
const flushLimitMs = 30_000;

/** What storage has to say about storing what was said would be said again. */
const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** When kept lines are stored: every few seconds beside the run, and at its end. */
export class LineFlushing {
  readonly #store: (context: OperationContext) => Promise<unknown>;
  readonly #timer: NodeJS.Timeout;
  readonly #calls = new Set<AbortController>();

  constructor(store: (context: OperationContext) => Promise<unknown>, everyMs: number) {
    this.#store = store;
    this.#timer = setInterval(() => this.aside(), everyMs);
    this.#timer.unref();
  }

  /** Stores what was written so far. What could not be stored waits for the next time. */
  async now(limitMs: number = flushLimitMs): Promise<void> {
    // The last lines of an aborted run are worth the most: its signal does not stop them, a limit does.
    const call = new AbortController();
    const stop = () => call.abort(new Error(`storage did not take it within ${limitMs / 1000} s`));
    const timer = setTimeout(stop, limitMs).unref();
    this.#calls.add(call);
    try {
      await this.#store({ signal: call.signal, logger: silent, progress: () => undefined });
    } finally {
      clearTimeout(timer);
      this.#calls.delete(call);
    }
  }

  /** The same, waited for by nobody; one that is under way takes what came meanwhile as well. */
  aside(): void {
    if (this.#calls.size > 0) return;
    // What is kept is never worth failing a run for; `close` tells when the last of it could not be stored.
    this.now().catch(() => undefined);
  }

  /** Stores the rest and stops the timer, and gives up what is under way at the limit. May be called twice. */
  async close(limitMs: number = flushLimitMs): Promise<void> {
    clearInterval(this.#timer);
    const late = setTimeout(() => {
      for (const call of this.#calls)
        call.abort(new Error(`storage did not take it within ${limitMs / 1000} s`));
    }, limitMs);
    try {
      await this.now(limitMs);
    } finally {
      clearTimeout(late);
    }
  }
}
