import { stateErrors } from "../errors/state-codes.ts";

/** The layout that this version writes, and the newest it reads. */
export const layout = 1;

const invalid = (where: string, why: string) => stateErrors.HWS_STATE_CORRUPT([where, why]);

/**
 * The fields of one stored JSON object, each checked when it is taken. Only own properties that are asked for are
 * read, so no name in storage (`__proto__`) reaches an object of ours.
 */
export class Fields {
  readonly #value: object;
  readonly #where: string;

  constructor(value: unknown, where: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw invalid(where, "is no JSON object");
    }
    this.#value = value;
    this.#where = where;
  }

  /** Reads a stored document; a layout above ours is `HWS_STATE_NEWER`. */
  static parse(bytes: Uint8Array, where: string): Fields {
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } catch {
      throw invalid(where, "is not JSON");
    }
    const fields = new Fields(value, where);
    const found = fields.count("layout");
    if (found > layout) throw stateErrors.HWS_STATE_NEWER([where, found]);
    return fields;
  }

  has(name: string): boolean {
    const value = this.#get(name);
    return value !== undefined && value !== null;
  }

  text(name: string, grammar: RegExp = /^[^\0]{0,4000}$/s): string {
    const value = this.#get(name);
    if (typeof value !== "string" || !grammar.test(value)) {
      throw invalid(this.#where, `has a ${name} that does not fit`);
    }
    return value;
  }

  /** One of a few words. */
  word<W extends string>(name: string, words: readonly W[]): W {
    const value = this.text(name);
    const word = words.find((known) => known === value);
    if (word === undefined) throw invalid(this.#where, `has an unknown ${name}`);
    return word;
  }

  /** A whole number from 0 up. */
  count(name: string): number {
    const value = this.#get(name);
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
      throw invalid(this.#where, `has a ${name} that is no count`);
    }
    return value;
  }

  /** A whole number of either sign. */
  integer(name: string): number {
    const value = this.#get(name);
    if (typeof value !== "number" || !Number.isSafeInteger(value)) {
      throw invalid(this.#where, `has a ${name} that is no whole number`);
    }
    return value;
  }

  flag(name: string): boolean {
    const value = this.#get(name);
    if (typeof value !== "boolean")
      throw invalid(this.#where, `has a ${name} that is neither true nor false`);
    return value;
  }

  child(name: string): Fields {
    return new Fields(this.#get(name), `${this.#where}: ${name}`);
  }

  list<T>(name: string, read: (item: unknown, where: string) => T, max = 10_000): readonly T[] {
    const value = this.#get(name);
    if (!Array.isArray(value) || value.length > max) {
      throw invalid(this.#where, `has a ${name} that is no list, or too long a one`);
    }
    return value.map((item, index) => read(item, `${this.#where}: ${name}[${index}]`));
  }

  texts(name: string, max = 10_000): readonly string[] {
    return this.list(name, readText, max);
  }

  /** A map of texts, without a prototype's names. */
  textMap(name: string): Readonly<Record<string, string>> {
    const child = this.#get(name);
    const pairs = Object.entries(new Fields(child, this.#where).#value).map(
      ([key, value]) => [key, readText(value, this.#where)] as const,
    );
    return Object.fromEntries(pairs.filter(([key]) => key !== "__proto__"));
  }

  /** Facts that only people and logs read, as they are. */
  facts(name: string): Readonly<Record<string, unknown>> {
    const child = this.#get(name);
    return child === undefined ? {} : Object.freeze({ ...new Fields(child, this.#where).#value });
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#value, name) ? (this.#value as Record<string, unknown>)[name] : undefined;
  }
}

function readText(value: unknown, where: string): string {
  if (typeof value !== "string" || value.length > 100_000) throw invalid(where, "is no text");
  return value;
}

/** A document's bytes, with the layout that wrote it. */
export const renderDocument = (value: Readonly<Record<string, unknown>>): Buffer =>
  Buffer.from(`${JSON.stringify({ layout, ...value })}\n`);

export const digestGrammar: RegExp = /^sha256-[0-9a-f]{64}$/;
export const releaseGrammar: RegExp = /^[0-9]{6,12}$/;
/** A run's id is the epoch of its lock, written as a release's id is. */
export const runGrammar: RegExp = /^[0-9]{6,12}$/;
