/** Reads a value of unknown making: gives it as its type says, without what the type does not name, or throws `Unfit`. */
export type Shape<T> = (value: unknown) => T;

/** A field that may be absent. */
export interface Optional<T> {
  readonly optional: Shape<T>;
}

/** A shape for each field of a type: one that is added to the type and not here is an error of the compiler. */
export type Fields<O> = {
  readonly [K in keyof O]-?: Record<never, never> extends Pick<O, K>
    ? Optional<Exclude<O[K], undefined>>
    : Shape<O[K]>;
};

class Unfit extends Error {}

const unfit = (): never => {
  throw new Unfit();
};

export const text: Shape<string> = (value) =>
  typeof value === "string" && value.length <= 100_000 ? value : unfit();

/** A whole number from 0 up. */
export const count: Shape<number> = (value) =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : unfit();

export const flag: Shape<boolean> = (value) => (typeof value === "boolean" ? value : unfit());

export const is =
  <V extends string | number | boolean>(...known: readonly V[]): Shape<V> =>
  (value) =>
    known.find((one) => one === value) ?? unfit();

export const orNull =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value) =>
    value === null ? null : shape(value);

export const listOf =
  <T>(shape: Shape<T>): Shape<readonly T[]> =>
  (value) =>
    Array.isArray(value) ? value.map(shape) : unfit();

export const optional = <T>(shape: Shape<T>): Optional<T> => ({ optional: shape });

/** Only own fields that the shape names are read, so no name in storage (`__proto__`) reaches an object of ours. */
export const object = <O extends object>(fields: Fields<O>): Shape<O> => {
  const known = Object.entries<Shape<unknown> | Optional<unknown>>(fields);
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return unfit();
    const read: Record<string, unknown> = {};
    for (const [name, shape] of known) {
      const given = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
      if (typeof shape === "function") read[name] = shape(given);
      else if (given !== undefined) read[name] = shape.optional(given);
    }
    return read as O;
  };
};

/** The value when it fits, else undefined. */
export const fitting = <T>(shape: Shape<T>, value: unknown): T | undefined => {
  try {
    return shape(value);
  } catch (error) {
    if (error instanceof Unfit) return undefined;
    throw error;
  }
};
