import { inspect } from "node:util";
import type { Engine, ExitCode, Logger, Run, RunResult } from "@hawser/core";
import { nextCommand, withConfig } from "./command-words.ts";
import type { ConfigFile, Project, ProjectRequest } from "./core.ts";
import { columnsOf, type Invocation } from "./invocation.ts";
import { loggerOf } from "./log-lines.ts";
import { failedResult, interruptedResult, type Subject, startEvent } from "./outcome.ts";
import { failureBlock } from "./render/block.ts";
import { reporterFor } from "./render/choose.ts";
import { escapeLines } from "./render/escape.ts";
import type { Reporter } from "./render/reporter.ts";
import { ResultFile } from "./result-file.ts";
import { Signals } from "./signals.ts";
import { version } from "./version.ts";

/** What a verb does; gives the result, and for verbs that are no runs the lines that a person reads. */
export type Body = (
  operation: Operation,
) => Promise<RunResult | { readonly result: RunResult; readonly lines: readonly string[] }>;

/** Verbs whose runs leave something behind when they are cut off. */
const changing: ReadonlySet<string> = new Set(["deploy", "rollback", "prune"]);
/** Verbs that work in turns: one that is cut off is put right by the next. */
const inTurns: ReadonlySet<string> = new Set(["reconcile", "watch"]);
/** Verbs that one interrupt ends: there is nothing to put back. */
const ending: ReadonlySet<string> = new Set(["drain", "undrain", "maintenance", "exec"]);
/** How long listeners and providers may take behind the last word. */
const disposeLimitMs = 6_000;
/** Who interrupts is not kept waiting by a reader that has stopped reading, nor by what is cleared up. */
const interruptedFlushMs = 200;
const interruptedDisposeMs = 500;
/** How long the reading of a run's events may lag behind its result. */
const showLimitMs = 500;

/** One verb at work: it reads the config, opens the engine, follows the run, and has the last word. */
export class Operation {
  readonly invocation: Invocation;
  #subject: Subject;
  readonly reporter: Reporter;
  readonly #signals: Signals;
  #engine: Engine | undefined;
  #announced = false;

  constructor(invocation: Invocation, verb: string) {
    this.invocation = invocation;
    this.#subject = { verb, started: Date.now() };
    this.reporter = reporterFor(invocation, verb);
    this.#signals = new Signals({
      attended: invocation.surroundings.attended,
      notice: (what) => this.reporter.notice(this.#noticeOf(what)),
    });
  }

  get subject(): Subject {
    return this.#subject;
  }

  /** The config and the environment that are meant. */
  async project(): Promise<Project> {
    const project = await (await this.invocation.core()).project(projectRequest(this.invocation));
    this.about(project);
    return project;
  }

  /** The config file, for verbs that are about all of its environments. */
  async configFile(): Promise<ConfigFile> {
    return await (await this.invocation.core()).configFile(projectRequest(this.invocation));
  }

  /** From now on what is said is about this application and environment. */
  about({ application, environment }: { readonly application: string; readonly environment: string }): void {
    this.#subject = { ...this.#subject, application, environment };
  }

  /** The config file as it is now. */
  async reread(): Promise<unknown> {
    return (await (await this.invocation.core()).project(projectRequest(this.invocation))).config;
  }

  async engine(project: ConfigFile): Promise<Engine> {
    this.#engine = await (await this.invocation.core()).engine(project, this.logger());
    return this.#engine;
  }

  /** Where what shows itself beside the verb's own words is written. */
  logger(): Logger {
    return loggerOf(this.invocation);
  }

  /** Shows a run while it goes on, and gives its result. */
  async follow(run: Run): Promise<RunResult> {
    this.#signals.attach(run);
    this.#subject = { ...this.#subject, underWay: changing.has(this.#subject.verb) };
    const shown = this.#show(run);
    const result = await run.result;
    await Promise.race([shown, new Promise((resolve) => setTimeout(resolve, showLimitMs).unref())]);
    return result;
  }

  /** Resolves when a signal says that it is to end. */
  async untilTold(): Promise<void> {
    await new Promise<void>((resolve) => this.#signals.attach({ cancel: () => resolve() }));
  }

  async #show(run: Run): Promise<void> {
    for await (const event of run) {
      if (event.type === "result") continue;
      if (event.type === "start") {
        this.#announced = true;
        this.#subject = { ...this.#subject, run: event.run };
        this.about(event);
      }
      if (event.type === "run") this.#subject = { ...this.#subject, run: event.run };
      this.reporter.event(event);
    }
  }

  /** Runs the verb to its last word, whatever happens, and gives the exit code. */
  async end(body: Body, otherwise: ExitCode): Promise<ExitCode> {
    const { options, surroundings, output, errors } = this.invocation;
    let file: ResultFile | undefined;
    const work = async (): ReturnType<Body> => {
      if (options.result !== undefined) file = await ResultFile.prepare(surroundings.cwd, options.result);
      return body(this);
    };
    const ended = await Promise.race([
      work().catch((error: unknown) => this.#failed(error, otherwise)),
      this.#signals.expired.then((signal) =>
        interruptedResult(this.#subject, signal, this.#resumeCommands()),
      ),
    ]);
    const { result: found, lines } = "lines" in ended ? ended : { result: ended, lines: undefined };
    const result = { ...found, next: found.next.map((command) => withConfig(command, options)) };
    await file?.write(result).catch((error: Error) => errors.line(`hawser: ${error.message}`));
    this.#lastWord(result, lines);
    await this.#close(result.exitCode === 130 ? interruptedDisposeMs : disposeLimitMs);
    const limit = result.exitCode === 130 ? interruptedFlushMs : surroundings.flushLimitMs;
    await Promise.all([output.flushed(limit), errors.flushed(limit)]);
    return result.exitCode;
  }

  /** Writes the first event, for verbs that write events of their own. */
  announce(): void {
    if (this.#announced) return;
    this.#announced = true;
    this.reporter.event(startEvent(this.#subject, version()));
  }

  #lastWord(result: RunResult, lines: readonly string[] | undefined): void {
    const { options, output, errors, style } = this.invocation;
    if (options.json) {
      this.announce();
      this.reporter.result(result);
      if (!result.ok && result.error !== undefined)
        errors.lines(failureBlock(result, style, columnsOf(this.invocation)));
    } else if (lines !== undefined) output.lines(lines);
    else if (this.#announced) this.reporter.result(result);
    else errors.lines(failureBlock(result, style, columnsOf(this.invocation)));
  }

  /** `HAWSER_TRACE` adds where the error was made: for reports, not for every day. */
  #failed(error: unknown, otherwise: ExitCode): RunResult {
    const { surroundings, errors } = this.invocation;
    if (surroundings.env.HAWSER_TRACE) errors.lines(escapeLines(inspect(error, { depth: 4 })));
    return failedResult(this.#subject, error, otherwise);
  }

  async #close(limitMs: number): Promise<void> {
    this.#signals[Symbol.dispose]();
    const disposed = Promise.resolve(this.#engine?.[Symbol.asyncDispose]()).catch(() => {});
    await Promise.race([disposed, new Promise((resolve) => setTimeout(resolve, limitMs).unref())]);
  }

  #resumeCommands(): string[] {
    if (!this.#subject.underWay) return [];
    return [
      nextCommand(this.invocation.options, "deploy", "--resume"),
      nextCommand(this.invocation.options, "deploy", "--abandon"),
    ];
  }

  #noticeOf(what: "putBack" | "stop"): string {
    if (inTurns.has(this.#subject.verb)) return "Stopping: the turn ends at the next safe point.";
    if (this.#subject.verb === "dashboard") return "Ending: nobody sees the dashboard any more.";
    if (this.#subject.verb === "exec")
      return "Interrupted: what was started on instances runs on there, up to its time limit.";
    if (ending.has(this.#subject.verb))
      return "Interrupted: what was begun stands; `hawser status` shows it.";
    if (what === "putBack") {
      return "Interrupted: no new wave starts and what was switched is put back. Ctrl-C again stops at once and leaves the run open.";
    }
    return `Stopping at the next safe point; the run stays open. Go on with: ${nextCommand(this.invocation.options, "deploy", "--resume")}`;
  }
}

/** What the options say of the config and the environment. */
export const projectRequest = ({ options, surroundings }: Invocation): ProjectRequest => ({
  cwd: surroundings.cwd,
  ...(options.config !== undefined && { file: options.config }),
  ...(options.environment !== undefined && { environment: options.environment }),
});

/** The environment as the engine is asked for it: the top level has no name. */
export const inEnvironment = ({ environment }: Project): { environment?: string } =>
  environment === "" ? {} : { environment };

/** Runs one verb. `otherwise` is its exit code for errors that have none of their own. */
export const operate = (
  invocation: Invocation,
  verb: string,
  otherwise: ExitCode,
  body: Body,
): Promise<ExitCode> => new Operation(invocation, verb).end(body, otherwise);
