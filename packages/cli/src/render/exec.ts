import type { RunEvent, RunResult } from "@hawser/core/plugin";
import type { Output } from "../output/output.ts";
import { escapeLine, escapeLines } from "./escape.ts";
import { warningLine } from "./plain.ts";
import type { Reporter } from "./reporter.ts";
import type { Style } from "./style.ts";

/** What a program says on each instance, line by line with the instance before it; nothing else of it is shown. */
export class ExecReporter implements Reporter {
  readonly #output: Output;
  readonly #style: Style;
  readonly #errors: Output;
  /** Where an unfinished line stopped, by instance. */
  readonly #open = new Map<string, string>();

  constructor(output: Output, errors: Output, style: Style) {
    this.#output = output;
    this.#errors = errors;
    this.#style = style;
  }

  event(event: RunEvent): void {
    if (event.type === "warning") this.#errors.line(this.#style.yellow(warningLine(event)));
    if (event.type !== "output") return;
    const text = (this.#open.get(event.instance) ?? "") + event.text;
    const end = text.lastIndexOf("\n") + 1;
    this.#open.set(event.instance, text.slice(end));
    this.#write(event.instance, text.slice(0, end));
  }

  notice(text: string): void {
    this.#errors.line(text);
  }

  result(result: RunResult): void {
    for (const [instance, text] of this.#open) this.#write(instance, text);
    this.#errors.lines(execLines(result, this.#style));
  }

  #write(instance: string, text: string): void {
    const before = this.#style.dim(`${escapeLine(instance)} |`);
    if (text !== "") this.#output.lines(escapeLines(text).map((line) => `${before} ${line}`));
  }
}

const execLines = (result: RunResult, style: Style): string[] => [
  ...result.instances.map((instance) => {
    const { id, exit, error } = instance;
    const how = error === undefined ? `exit code ${exit ?? "unknown"}` : `${error.message} (${error.code})`;
    const line = escapeLine(`${id}: ${how}`);
    return exit === 0 && error === undefined
      ? style.green(`${style.done} ${line}`)
      : style.red(`${style.failed} ${line}`);
  }),
  ...(result.error === undefined
    ? []
    : [
        escapeLine(`${result.error.message} (${result.error.code})`),
        ...(result.error.hint === undefined ? [] : [escapeLine(result.error.hint)]),
      ]),
  ...result.next.map((command) => `next: ${escapeLine(command)}`),
];
