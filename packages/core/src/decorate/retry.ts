import { setTimeout as delay } from "node:timers/promises";
import { HawserError } from "../errors/hawser-error.ts";
import { type Call, contextOf, isAsyncIterable, isPromise, wrapSeam } from "./seam.ts";

/** What a call may cost before its last error counts. */
export interface RetryBudget {
  /** Default 4, the first one counted. */
  readonly attempts?: number;
  /** No attempt begins later than this after the first. Default 60 s. */
  readonly totalMs?: number;
  /** The longest wait before the second attempt; it doubles with each. Default 250 ms. */
  readonly baseDelayMs?: number;
  /** Default 10 s. */
  readonly maxDelayMs?: number;
  /** From 0 to 1; for tests. */
  readonly random?: () => number;
}

const isStream = (value: unknown): boolean =>
  isAsyncIterable(value) || (typeof value === "object" && value !== null && "pipe" in value);

/** A stream can be read once: a call that was given one cannot be made again. */
export const carriesStream = (args: readonly unknown[]): boolean =>
  args.some((arg) => {
    if (typeof arg !== "object" || arg === null) return false;
    if (isStream(arg)) return true;
    const { body } = arg as { body?: unknown };
    return isStream(body) || isStream((body as { stream?: unknown } | undefined)?.stream);
  });

/** Counts what one call has used of its budget. */
class Attempts {
  readonly #budget: RetryBudget;
  readonly #started: number = performance.now();
  #made = 1;

  constructor(budget: RetryBudget) {
    this.#budget = budget;
  }

  /** Waits before the next attempt, or throws the error when it is final. */
  async next(error: unknown, signal: AbortSignal | undefined): Promise<void> {
    const { attempts = 4, totalMs = 60_000, baseDelayMs = 250, maxDelayMs = 10_000 } = this.#budget;
    if (!(HawserError.is(error) && error.retryable) || signal?.aborted === true) throw error;
    // Full jitter: many deployers that failed together do not come back together.
    const waitMs =
      Math.min(maxDelayMs, baseDelayMs * 2 ** (this.#made - 1)) * (this.#budget.random ?? Math.random)();
    const late = performance.now() - this.#started + waitMs > totalMs;
    if (this.#made >= attempts || late) throw error;
    this.#made += 1;
    try {
      await delay(waitMs, undefined, signal === undefined ? {} : { signal });
    } catch {
      throw signal?.reason;
    }
  }
}

const repeat = async (call: Call, first: Promise<unknown>, budget: RetryBudget): Promise<unknown> => {
  const attempts = new Attempts(budget);
  const signal = contextOf(call.args)?.signal;
  for (let result = first; ; ) {
    try {
      return await result;
    } catch (error) {
      await attempts.next(error, signal);
      result = Promise.resolve(call.run());
    }
  }
};

/** A listing begins again only while nothing of it was seen: later there would be items twice. */
const iterate = async function* (call: Call, first: AsyncIterable<unknown>, budget: RetryBudget) {
  const attempts = new Attempts(budget);
  const signal = contextOf(call.args)?.signal;
  for (let items = first; ; items = call.run() as AsyncIterable<unknown>) {
    let seen = false;
    try {
      for await (const item of items) {
        seen = true;
        yield item;
      }
      return;
    } catch (error) {
      if (seen) throw error;
      await attempts.next(error, signal);
    }
  }
};

/**
 * Makes a call again that failed with a `retryable` error, within a budget of attempts and time. A call that was
 * given a stream is made once; waiting ends with the signal's reason.
 */
export const withRetry = <S extends object>(seam: S, budget: RetryBudget = {}): S =>
  wrapSeam(seam, (call) => {
    const result = call.run();
    if (isPromise(result)) return carriesStream(call.args) ? result : repeat(call, result, budget);
    return isAsyncIterable(result) ? iterate(call, result, budget) : result;
  });
