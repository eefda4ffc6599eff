import type { OperationContext } from "../contracts/common.ts";
import { processErrors } from "../errors/process-codes.ts";
import { type Call, contextOf, isAsyncIterable, isPromise, wrapSeam } from "./seam.ts";

/** One limit for every method, or one by method; a method without a limit waits as long as it does. */
export type Limits = number | Readonly<Record<string, number>>;

const limitOf = (limits: Limits, method: string): number | undefined =>
  typeof limits === "number" ? limits : limits[method];

/** The same context, ended by a second signal too. */
const endedBy = (context: OperationContext, signal: AbortSignal): OperationContext =>
  Object.create(
    wrapSeam(context, (call) => call.run()),
    { signal: { value: AbortSignal.any([context.signal, signal]), enumerable: true } },
  );

/** Settles with the promise, or at the limit with `HWS_CALL_TIMEOUT`, having aborted the call. */
const within = async <T>(
  promise: Promise<T>,
  call: Call,
  limitMs: number,
  own: AbortController,
): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = processErrors.HWS_CALL_TIMEOUT([call.method, limitMs]);
      own.abort(error);
      reject(error);
    }, limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** A listing has the limit for each item. */
const iterate = async function* (
  items: AsyncIterable<unknown>,
  call: Call,
  limitMs: number,
  own: AbortController,
) {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await within(iterator.next(), call, limitMs, own);
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    // A source that hangs would hang here too: it was told to stop, nobody waits for it.
    iterator.return?.().catch(() => {});
  }
};

/**
 * Ends a call that does not answer in time: its signal is aborted and the caller gets `HWS_CALL_TIMEOUT`, whether or
 * not the plugin stops. A stream that a call has given is not cut: only waiting for it has the limit.
 */
export const withTimeLimit = <S extends object>(seam: S, limits: Limits): S =>
  wrapSeam(seam, (call) => {
    const limitMs = limitOf(limits, call.method);
    if (limitMs === undefined) return call.run();
    const own = new AbortController();
    const context = contextOf(call.args);
    const result =
      context === undefined
        ? call.run()
        : call.run([...call.args.slice(0, -1), endedBy(context, own.signal)]);
    if (isPromise(result)) return within(result, call, limitMs, own);
    return isAsyncIterable(result) ? iterate(result, call, limitMs, own) : result;
  });
