import { type ErrorFields, HawserError } from "./hawser-error.ts";

/** One entry: the message made from its arguments, what to do, and whether trying again may help. */
export interface ErrorEntry<A extends readonly unknown[]> {
  readonly message: (...args: A) => string;
  readonly hint?: string | ((...args: A) => string);
  readonly retryable?: boolean;
}

type AnyEntries = Readonly<Record<string, ErrorEntry<never>>>;

export type Makers<T extends AnyEntries> = {
  readonly [K in keyof T]: T[K] extends ErrorEntry<infer A>
    ? (args: A, fields?: ErrorFields) => HawserError
    : never;
};

/**
 * Declares a package's catalogue: the one file with its codes and texts. `errors.HWS_X([args], fields)` makes
 * the error; fields given override the entry's.
 */
export const defineErrors = <T extends AnyEntries>(entries: T): Makers<T> => {
  const makers: Record<string, unknown> = {};
  for (const [code, entry] of Object.entries(entries) as [string, ErrorEntry<unknown[]>][]) {
    const make = (args: unknown[], fields: ErrorFields = {}) => {
      const hint = typeof entry.hint === "function" ? entry.hint(...args) : entry.hint;
      return new HawserError(code, entry.message(...args), {
        ...(hint !== undefined && { hint }),
        ...(entry.retryable !== undefined && { retryable: entry.retryable }),
        ...fields,
      });
    };
    // The error reference is made from the entries.
    makers[code] = Object.assign(make, { entry });
  }
  return makers as Makers<T>;
};
