import type { Readable } from "node:stream";
import type { OperationContext } from "../contracts/common.ts";

/** One call of a method of a seam. */
export interface Call {
  readonly method: string;
  readonly args: readonly unknown[];
  /** Runs the method; with other arguments when some are given. */
  run(args?: readonly unknown[]): unknown;
  /** Runs the same method of another seam. */
  on(other: object): unknown;
}

type Method = (...args: unknown[]) => unknown;

const keysOf = (seam: object): ReadonlySet<string | symbol> => {
  const keys = new Set<string | symbol>();
  for (let owner: object | null = seam; owner !== null && owner !== Object.prototype; ) {
    for (const key of Reflect.ownKeys(owner)) if (key !== "constructor") keys.add(key);
    owner = Object.getPrototypeOf(owner);
  }
  return keys;
};

/**
 * The same seam with `around` put round every method. What the seam lacks, the result lacks too; what is no method
 * is handed through. Methods run on the seam itself, so that private members stay reachable.
 */
export const wrapSeam = <S extends object>(seam: S, around: (call: Call) => unknown): S => {
  const wrapped: object = {};
  for (const key of keysOf(seam)) {
    const value: unknown = Reflect.get(seam, key);
    if (typeof value !== "function") {
      Object.defineProperty(wrapped, key, { enumerable: true, get: () => Reflect.get(seam, key) });
      continue;
    }
    const method = (...args: unknown[]): unknown =>
      around({
        method: String(typeof key === "symbol" ? key.description : key),
        args,
        run: (given = args) => Reflect.apply(value as Method, seam, [...given]),
        on: (other) => Reflect.apply(Reflect.get(other, key), other, args),
      });
    Object.defineProperty(wrapped, key, { enumerable: true, value: method });
  }
  return wrapped as S;
};

export const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === "object" && value !== null && typeof (value as Promise<unknown>).then === "function";

export const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === "object" && value !== null && Symbol.asyncIterator in value;

/** Whether an answer gives a stream, as `get` of a storage and `open` of a source do. */
export const hasStream = (answer: unknown): answer is { readonly stream: Readable } =>
  typeof answer === "object" &&
  answer !== null &&
  typeof (answer as { stream?: { pipe?: unknown } }).stream?.pipe === "function";

/** The operation context of a call: its last argument, when it has a signal. */
export const contextOf = (args: readonly unknown[]): OperationContext | undefined => {
  const last = args.at(-1) as Partial<OperationContext> | undefined;
  return last?.signal instanceof AbortSignal ? (last as OperationContext) : undefined;
};
