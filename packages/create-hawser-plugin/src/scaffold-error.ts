/** Why no plugin was made: what happened, and what to do. Nothing was written. */
export class ScaffoldError extends Error {
  readonly code: string;
  readonly hint: string;
  /** What the command ends with. */
  readonly exitCode: number;

  constructor(code: string, message: string, hint: string, exitCode: number, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "ScaffoldError";
    this.code = code;
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

export interface Entry<A extends readonly unknown[]> {
  readonly message: (...args: A) => string;
  readonly hint: string;
  /** Default 2: what was asked for cannot be made. */
  readonly exitCode?: number;
}

type AnyEntries = Readonly<Record<string, Entry<never>>>;

export type Makers<T extends AnyEntries> = {
  readonly [K in keyof T]: T[K] extends Entry<infer A> ? (args: A, cause?: unknown) => ScaffoldError : never;
};

/** As core's maker of catalogues, for a package that brings nothing of Hawser with it. */
export const catalogue = <T extends AnyEntries>(entries: T): Makers<T> => {
  const makers = (Object.entries(entries) as [string, Entry<unknown[]>][]).map(([code, entry]) => {
    const make = (args: unknown[], cause?: unknown): ScaffoldError =>
      new ScaffoldError(code, entry.message(...args), entry.hint, entry.exitCode ?? 2, cause);
    // The error reference is made from the entries.
    return [code, Object.assign(make, { entry })];
  });
  return Object.fromEntries(makers) as Makers<T>;
};
