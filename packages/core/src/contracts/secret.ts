/** The values, outside of the objects: so two copies of the package give one type. */
const values = new WeakMap<Secret, string>();

/** A value that must not be seen. Every way of printing it gives `[redacted]`; `reveal` is the one way to the value. */
export class Secret {
  /** The brand, which a second copy of the package recognises too. */
  readonly "~hawser": "secret" = "secret";

  constructor(value: string) {
    values.set(this, value);
    Object.defineProperty(this, Symbol.for("nodejs.util.inspect.custom"), { value: () => "[redacted]" });
  }

  /** True for a Secret of this or another copy of the package. */
  static is(value: unknown): value is Secret {
    return typeof value === "object" && value !== null && (value as Secret)["~hawser"] === "secret";
  }

  /** The value itself: only where it leaves for the program or server that needs it. */
  reveal(): string {
    return values.get(this) as string;
  }

  toString(): string {
    return "[redacted]";
  }

  toJSON(): string {
    return "[redacted]";
  }
}
