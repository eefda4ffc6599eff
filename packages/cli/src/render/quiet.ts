import type { RunEvent, RunResult } from "@hawser/core/plugin";
import type { Output } from "../output/output.ts";
import type { Reporter } from "./reporter.ts";
import { resultLines } from "./result.ts";
import type { Style } from "./style.ts";

/** Only the last word: for verbs that look at things and are done in a moment. */
export class QuietReporter implements Reporter {
  readonly #output: Output;
  readonly #style: Style;
  readonly #columns: number;

  constructor(output: Output, style: Style, columns: number) {
    this.#output = output;
    this.#style = style;
    this.#columns = columns;
  }

  event(_event: RunEvent): void {}

  notice(text: string): void {
    this.#output.line(text);
  }

  result(result: RunResult): void {
    this.#output.lines(resultLines(result, this.#style, this.#columns));
  }
}
