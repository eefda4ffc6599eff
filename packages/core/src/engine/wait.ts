import type { Reporter } from "./reporter.ts";

/** One wait that nobody asked for, told as it changes: each word on it takes the place of the one before. */
export class Wait {
  readonly #reporter: Pick<Reporter, "waiting">;
  #end: (() => void) | undefined;

  constructor(reporter: Pick<Reporter, "waiting">) {
    this.#reporter = reporter;
  }

  tell(...words: Parameters<Reporter["waiting"]>): void {
    this.over();
    this.#end = this.#reporter.waiting(...words);
  }

  /** Whether it was told and is not over. */
  get isTold(): boolean {
    return this.#end !== undefined;
  }

  /** May be called twice, and when nothing was told. */
  over(): void {
    this.#end?.();
    this.#end = undefined;
  }
}
