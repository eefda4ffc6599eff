import type { HostReply } from "../contracts/transport.ts";
import { hostErrors } from "../errors/host-codes.ts";

/** Reads fields of a reply; anything but the promised type is HWS_HOST_ANSWER, for an instance may answer what it likes. */
export class ReplyFields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #where: string;

  constructor(fields: Readonly<Record<string, unknown>>, where: string) {
    this.#fields = fields;
    this.#where = where;
  }

  text(name: string): string {
    const value = this.#fields[name];
    if (typeof value !== "string") throw this.#wrong(name, "text");
    return value;
  }

  textOrNull(name: string): string | null {
    return this.#fields[name] === null ? null : this.text(name);
  }

  oneOf<const T extends string>(name: string, values: readonly T[]): T {
    const value = this.text(name);
    const found = values.find((known) => known === value);
    if (found === undefined) throw this.#wrong(name, `one of ${values.join(", ")}`);
    return found;
  }

  yes(name: string): boolean {
    const value = this.#fields[name];
    if (typeof value !== "boolean") throw this.#wrong(name, "true or false");
    return value;
  }

  /** A whole number, not below `least`. */
  count(name: string, least = 0): number {
    const value = this.#fields[name];
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least) {
      throw this.#wrong(name, "a whole number");
    }
    return value;
  }

  object(name: string): ReplyFields {
    return new ReplyFields(this.raw(name), `${this.#where}.${name}`);
  }

  raw(name: string): Readonly<Record<string, unknown>> {
    const value = this.#fields[name];
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw this.#wrong(name, "an object");
    return value as Readonly<Record<string, unknown>>;
  }

  list(name: string): readonly ReplyFields[] {
    const value = this.#fields[name];
    if (!Array.isArray(value)) throw this.#wrong(name, "a list");
    return value.map((item: unknown, index) => {
      if (typeof item !== "object" || item === null) throw this.#wrong(`${name}[${index}]`, "an object");
      return new ReplyFields(item as Record<string, unknown>, `${this.#where}.${name}[${index}]`);
    });
  }

  #wrong(name: string, wanted: string) {
    return hostErrors.HWS_HOST_ANSWER([`${this.#where}.${name} is not ${wanted}`]);
  }
}

/** The payload's lines; every one ends with a newline. */
export const dataLines = (reply: HostReply): readonly string[] => {
  const text = Buffer.from(reply.data).toString("latin1");
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
};
