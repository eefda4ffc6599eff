import { setMaxListeners } from "node:events";
import type { HawserError } from "@hawser/core/plugin";
import { failureOf, refusalCode } from "./failure.ts";

/** One call to AWS, in the words of its permissions. */
export interface AwsCall {
  /** `elasticloadbalancing:RegisterTargets`. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** Errors of one's own for codes that AWS refuses this call with. */
  readonly refusals?: Readonly<Record<string, (said: unknown) => HawserError>>;
}

/** Makes a call; what it throws is a HawserError, or the signal's reason. */
export const call = async <T>({ name, signal, refusals }: AwsCall, send: () => Promise<T>): Promise<T> => {
  signal.throwIfAborted();
  // Many calls are made under the signal of one run, which Node would take for a leak.
  setMaxListeners(0, signal);
  try {
    return await send();
  } catch (error) {
    signal.throwIfAborted();
    const own = refusals?.[refusalCode(error) ?? ""];
    throw own?.(error) ?? failureOf(error, name);
  }
};
