import type { RunEvent, RunResult } from "@hawser/core/plugin";
import type { Output } from "../output/output.ts";
import type { Reporter } from "./reporter.ts";

/** What may be left out when the reader of the events has stopped reading. */
const droppable = new Set(["progress", "output"]);

/** One JSON event a line: the first is `start`, the last is `result`, nothing else is written. */
export class JsonReporter implements Reporter {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  event(event: RunEvent): void {
    if (droppable.has(event.type) && this.#output.stalled) return;
    this.#output.line(JSON.stringify(event));
  }

  notice(_text: string): void {}

  result(result: RunResult): void {
    this.#output.line(JSON.stringify({ ...result, time: Date.now() }));
  }
}
