import { type HeaderLine, RecordHeaders } from "../artifact/record-text.ts";

/** Lines of one part of a plan; a key may stand there many times. */
export class PlanLines {
  readonly #lines: readonly HeaderLine[];

  constructor(lines: readonly HeaderLine[]) {
    this.#lines = lines;
  }

  all(key: string): string[] {
    return this.#lines.filter(([name]) => name === key).map(([, value]) => value);
  }

  /** `NAME<mark>value` lines. No name can reach a prototype. */
  map(key: string, mark: string): Record<string, string> {
    const pairs = this.all(key).map((line): [string, string] => {
      const at = line.indexOf(mark);
      if (at < 1) throw new Error(`${key} has no name`);
      return [line.slice(0, at), line.slice(at + mark.length)];
    });
    return Object.fromEntries(pairs);
  }

  /** `value path` lines: the path may hold spaces. */
  pairs(key: string): readonly (readonly [value: string, path: string])[] {
    return this.all(key).map((line) => {
      const at = line.indexOf(" ");
      if (at < 1 || at === line.length - 1) throw new Error(`${key} has no path`);
      return [line.slice(0, at), line.slice(at + 1)];
    });
  }

  /** The keys that stand there once at most. */
  get headers(): RecordHeaders {
    return new RecordHeaders(new Map(this.#lines));
  }
}
