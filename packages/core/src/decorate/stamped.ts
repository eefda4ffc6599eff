import { HawserError } from "../errors/hawser-error.ts";
import { pluginErrors } from "../errors/plugin-codes.ts";
import { contextOf, isAsyncIterable, isPromise, wrapSeam } from "./seam.ts";

export interface Stamp {
  readonly plugin: string;
  readonly step?: string;
  readonly instance?: string;
}

const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";

/** What the caller of the call should see: its own reason when it gave up, else an error that says who failed. */
const translate = (error: unknown, stamp: Stamp, signal: AbortSignal | undefined): unknown => {
  if (HawserError.is(error)) {
    // Another copy of the package may have made it: the brand is sure, the methods are not.
    error.plugin ??= stamp.plugin;
    if (stamp.step !== undefined) error.step ??= stamp.step;
    if (stamp.instance !== undefined) error.instance ??= stamp.instance;
    return error;
  }
  if (signal?.aborted === true) return error;
  return pluginErrors.HWS_PLUGIN_THREW([stamp.plugin, reason(error)], { cause: error, ...stamp });
};

/** Says of every error that crosses the seam whose it is; what is no Hawser error becomes `HWS_PLUGIN_THREW`. */
export const stamped = <S extends object>(seam: S, stamp: Stamp): S =>
  wrapSeam(seam, (call) => {
    const signal = contextOf(call.args)?.signal;
    const fail = (error: unknown): never => {
      throw translate(error, stamp, signal);
    };
    const iterate = async function* (items: AsyncIterable<unknown>) {
      try {
        yield* items;
      } catch (error) {
        fail(error);
      }
    };
    try {
      const result = call.run();
      if (isPromise(result)) return result.catch(fail);
      return isAsyncIterable(result) ? iterate(result) : result;
    } catch (error) {
      return fail(error);
    }
  });
