import { finished } from "node:stream";
import type { OperationContext } from "../contracts/common.ts";
import type { HawserError } from "../errors/hawser-error.ts";
import { processErrors } from "../errors/process-codes.ts";
import { type Call, contextOf, hasStream, isAsyncIterable, isPromise, wrapSeam } from "./seam.ts";

/** One limit for every method, or one by method; a method without a limit waits as long as it does. */
export type Limits = number | Readonly<Record<string, number>>;

const limitOf = (limits: Limits, method: string): number | undefined =>
  typeof limits === "number" ? limits : limits[method];

/**
 * The end of one call: its caller's, or its own at the limit. `AbortSignal.any` may be collected before it fires on Node
 * 20; listeners keep this one.
 */
class Ending {
  readonly #own = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #follow = (): void => this.#own.abort(this.#caller?.reason);

  constructor(caller: AbortSignal | undefined) {
    this.#caller = caller;
    if (caller?.aborted === true) this.#follow();
    caller?.addEventListener("abort", this.#follow, { once: true });
  }

  /** The same context, ended by this. */
  of(context: OperationContext): OperationContext {
    return Object.create(
      wrapSeam(context, (call) => call.run()),
      { signal: { value: this.#own.signal, enumerable: true } },
    );
  }

  now(error: HawserError): void {
    this.#own.abort(error);
  }

  /** The call is over; a stream that it gave still ends with the caller. */
  over(answer?: unknown): void {
    if (hasStream(answer)) finished(answer.stream, () => this.over());
    else this.#caller?.removeEventListener("abort", this.#follow);
  }
}

/** Settles with the promise, or at the limit with the error of `late`. */
export const within = async <T>(
  promise: Promise<T>,
  limitMs: number,
  late: () => HawserError,
): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), limitMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
};

const answered = async (answer: Promise<unknown>, ending: Ending): Promise<unknown> => {
  try {
    const given = await answer;
    ending.over(given);
    return given;
  } catch (error) {
    ending.over();
    throw error;
  }
};

/** A listing has the limit for each item. */
const iterate = async function* (
  items: AsyncIterable<unknown>,
  limitMs: number,
  late: () => HawserError,
  ending: Ending,
) {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await within(iterator.next(), limitMs, late);
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    // A source that hangs would hang here too: it was told to stop, nobody waits for it.
    iterator.return?.().catch(() => {});
    ending.over();
  }
};

/** The error of a call that came too late. */
export type Late = (call: Pick<Call, "method" | "args">, limitMs: number) => HawserError;

const callTimeout: Late = ({ method }, limitMs) => processErrors.HWS_CALL_TIMEOUT([method, limitMs]);

/**
 * Ends a call that does not answer in time: its signal is aborted and the caller gets `HWS_CALL_TIMEOUT` (or the error
 * of `late`), whether or not the plugin stops. A stream that a call has given is not cut: only waiting for it has the
 * limit.
 */
export const withTimeLimit = <S extends object>(seam: S, limits: Limits, late: Late = callTimeout): S =>
  wrapSeam(seam, (call) => {
    const limitMs = limitOf(limits, call.method);
    if (limitMs === undefined) return call.run();
    const context = contextOf(call.args);
    const ending = new Ending(context?.signal);
    const tooLate = (): HawserError => {
      const error = late(call, limitMs);
      ending.now(error);
      return error;
    };
    const result =
      context === undefined ? call.run() : call.run([...call.args.slice(0, -1), ending.of(context)]);
    if (isPromise(result)) return answered(within(result, limitMs, tooLate), ending);
    if (isAsyncIterable(result)) return iterate(result, limitMs, tooLate, ending);
    ending.over();
    return result;
  });
