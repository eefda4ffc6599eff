import type { ErrorReport, RunEvent, RunResult } from "@hawser/core/plugin";
import type { Output } from "../output/output.ts";
import { escapeLine, escapeLines } from "./escape.ts";
import type { Reporter } from "./reporter.ts";
import { resultLines } from "./result.ts";
import { isWaveStep } from "./run-view.ts";
import type { Style } from "./style.ts";
import { bytesText, clockText, count, durationText } from "./units.ts";
import { healthWords, stateWords } from "./words.ts";

type EventOf<T extends RunEvent["type"]> = Extract<RunEvent, { type: T }>;

/** One fact a line with the time before it: no escape codes, no carriage returns, nothing redrawn. */
export class PlainReporter implements Reporter {
  readonly #output: Output;
  readonly #style: Style;
  /** Where an unfinished line of output stopped, by command. */
  readonly #open = new Map<string, string>();
  readonly #seen = new Map<string, string>();

  constructor(output: Output, style: Style) {
    this.#output = output;
    this.#style = style;
  }

  event(event: RunEvent): void {
    for (const line of this.#lines(event)) this.#output.line(`${clockText(event.time)} ${line}`);
  }

  notice(text: string): void {
    this.#output.line(`${clockText(Date.now())} ${text}`);
  }

  result(result: RunResult): void {
    for (const [where, text] of this.#open) if (text !== "") this.notice(`${where} | ${escapeLine(text)}`);
    this.#output.lines(["", ...resultLines(result, this.#style, 110)]);
  }

  #lines(event: RunEvent): string[] {
    switch (event.type) {
      case "start":
        return [startLine(event)];
      case "run":
        return [runLine(event)];
      case "step":
        return isWaveStep(event.step) ? [] : [stepLine(event)];
      case "wave":
        return [waveLine(event)];
      case "instance":
        return this.#instance(event);
      case "output":
        return this.#text(event);
      case "waiting":
        return [waitingLine(event)];
      case "warning":
        return [warningLine(event)];
      default:
        return [];
    }
  }

  /** An instance is a line when what the line says is new. */
  #instance(event: EventOf<"instance">): string[] {
    const line = instanceLine(event);
    if (this.#seen.get(event.instance) === line) return [];
    // A watch sees more instances come and go than it ever has at once.
    if (event.state === "gone") this.#seen.delete(event.instance);
    else this.#seen.set(event.instance, line);
    return [line];
  }

  /** Output of the deployer's own commands as it comes; that of instances is in the block of a failure and in `logs`. */
  #text(event: EventOf<"output">): string[] {
    if (event.instance !== "deployer") return [];
    const where = escapeLine(`${event.step} ${event.command}`);
    const text = (this.#open.get(where) ?? "") + event.text;
    const end = text.lastIndexOf("\n") + 1;
    this.#open.set(where, text.slice(end));
    return escapeLines(text.slice(0, end)).map((line) => `${where} | ${line}`);
  }
}

const startLine = (event: EventOf<"start">): string => {
  const environment = event.environment === "" ? "" : ` on ${event.environment}`;
  const run = event.run === null ? "" : `, run ${event.run}`;
  return `${event.verb} of ${event.application}${environment}${run} (hawser ${event.version})`;
};

const runLine = (event: EventOf<"run">): string =>
  `run ${event.run}${event.resumed ? ", resumed" : ""}: in service is ${event.from ?? "no release"}`;

const stepLine = (event: EventOf<"step">): string => {
  const detail = event.detail === undefined ? "" : `: ${escapeLine(event.detail)}`;
  const took = event.durationMs === undefined ? "" : ` (${durationText(event.durationMs)})`;
  return `${event.step} ${event.phase}${detail}${took}`;
};

const waveLine = (event: EventOf<"wave">): string => {
  const phase = event.phase === "putBack" ? "being put back" : event.phase;
  const shown = event.instances.slice(0, 8).map(escapeLine).join(", ");
  const rest = event.instances.length > 8 ? ` and ${event.instances.length - 8} more` : "";
  return `wave ${event.wave} of ${event.of} ${phase}: ${count(event.instances.length, "instance")}: ${shown}${rest}`;
};

const instanceLine = (event: EventOf<"instance">): string => {
  const facts = [
    stateWords(event.state),
    event.release == null ? "" : `release ${event.release}`,
    event.loadBalancer === undefined ? "" : `load balancer ${event.loadBalancer}`,
    healthWords(event.healthy),
    event.bytes === undefined ? "" : bytesText(event.bytes),
    event.detail ?? "",
  ];
  return escapeLine(`${event.instance} ${facts.filter((fact) => fact !== "").join(", ")}`);
};

const waitingLine = (event: EventOf<"waiting">): string =>
  `waiting for ${escapeLine(event.what)} until ${clockText(event.until)}`;

export const warningLine = (report: ErrorReport): string => {
  const where = report.instance === undefined ? "" : `${report.instance}: `;
  return escapeLine(`warning: ${where}${report.message} (${report.code})`);
};
