import type { RunEvent, RunResult } from "@hawser/core/plugin";
import type { Output } from "../output/output.ts";
import { wrap } from "./block.ts";
import { type FrameSize, frame, stepLines } from "./frame.ts";
import { warningLine } from "./plain.ts";
import type { Reporter } from "./reporter.ts";
import { resultLines } from "./result.ts";
import { RunView } from "./run-view.ts";
import type { Style } from "./style.ts";
import { widthOf } from "./width.ts";

const leastBetweenMs = 100;
const tickMs = 1000;
const hideCursor = "\x1b[?25l";
const showCursor = "\x1b[?25h";
const eraseBelow = "\x1b[J";
const eraseRest = "\x1b[K";

/** The live picture of a run, redrawn in place; what stays on the screen is written above it. */
export class Pane implements Reporter {
  readonly #output: Output;
  readonly #style: Style;
  readonly #size: () => FrameSize;
  readonly #view = new RunView();
  /** The lines on the screen now, as they were written. */
  #drawn: readonly string[] = [];
  #last = 0;
  #soon: NodeJS.Timeout | undefined;
  #tick: NodeJS.Timeout | undefined;
  readonly #onExit = (): void => this.#output.write(showCursor);

  constructor(output: Output, style: Style, size: () => FrameSize) {
    this.#output = output;
    this.#style = style;
    this.#size = size;
  }

  event(event: RunEvent): void {
    this.#view.apply(event);
    if (event.type === "warning")
      this.#above(wrap(warningLine(event), this.#size().columns - 1).map(this.#style.yellow));
    if (this.#tick === undefined) this.#begin();
    this.#redrawSoon();
  }

  notice(text: string): void {
    this.#above(wrap(text, this.#size().columns - 1).map(this.#style.yellow));
    this.#redrawSoon();
  }

  result(result: RunResult): void {
    clearTimeout(this.#soon);
    clearInterval(this.#tick);
    process.off("exit", this.#onExit);
    const { columns } = this.#size();
    const steps = stepLines(this.#view, this.#style, columns - 1, Date.now(), Number.POSITIVE_INFINITY);
    const lines = [
      ...steps,
      ...(steps.length === 0 ? [] : [""]),
      ...resultLines(result, this.#style, columns - 1),
    ];
    this.#output.write(this.#erased() + lines.map((line) => `${line}\n`).join("") + showCursor);
    this.#drawn = [];
  }

  #begin(): void {
    this.#output.write(hideCursor);
    process.once("exit", this.#onExit);
    this.#tick = setInterval(() => this.#redrawSoon(), tickMs);
    this.#tick.unref();
  }

  #redrawSoon(): void {
    if (this.#soon !== undefined) return;
    const wait = Math.max(0, this.#last + leastBetweenMs - Date.now());
    this.#soon = setTimeout(() => {
      this.#soon = undefined;
      this.#draw();
    }, wait);
    this.#soon.unref();
  }

  #draw(): void {
    // A terminal that takes nothing (Ctrl-S, a dead line) gets the newest picture once it takes some again.
    if (this.#output.busy) return;
    this.#last = Date.now();
    const lines = frame(this.#view, this.#style, this.#size(), this.#last);
    this.#output.write(this.#home() + lines.map((line) => `${line}${eraseRest}\n`).join("") + eraseBelow);
    this.#drawn = lines;
  }

  /** Writes lines that stay, above the picture. */
  #above(lines: readonly string[]): void {
    this.#output.write(this.#erased() + lines.map((line) => `${line}\n`).join(""));
    this.#drawn = [];
  }

  #erased(): string {
    return this.#home() + eraseBelow;
  }

  /** To the first line of the picture; a terminal made narrower has wrapped its lines meanwhile. */
  #home(): string {
    const { columns } = this.#size();
    const height = this.#drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)),
      0,
    );
    return height === 0 ? "" : `\x1b[${height}A\r`;
  }
}
