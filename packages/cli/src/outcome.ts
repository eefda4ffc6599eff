import {
  type ExitCode,
  emptyResult,
  HawserError,
  type Outcome,
  type RunEvent,
  type RunResult,
} from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { exitCodeOf } from "./exit-codes.ts";

/** What a result says when no run gave it. */
export interface Subject {
  readonly verb: string;
  readonly application?: string;
  readonly environment?: string;
  readonly started: number;
  readonly run?: string | null;
  /** Whether the engine was at work on something that is not undone by ending the process. */
  readonly underWay?: boolean;
}

/** The result of a verb that is no run, in the same shape; `fields` are what the verb found. */
export const answerResult = (subject: Subject, exitCode: ExitCode, fields: object = {}): RunResult => ({
  ...emptyResult({
    verb: subject.verb,
    application: subject.application ?? "",
    environment: subject.environment ?? "",
  }),
  run: subject.run ?? null,
  durationMs: Date.now() - subject.started,
  ok: exitCode === 0,
  exitCode,
  outcome: exitCode === 0 ? "done" : "untouched",
  ...fields,
});

/** Whatever was thrown, as an error of a catalogue. */
const asHawserError = (error: unknown): HawserError =>
  HawserError.is(error)
    ? error
    : errors.HWS_CLI_BUG([error instanceof Error ? error.message : String(error)], { cause: error });

/** The result of what failed before or outside a run. */
export const failedResult = (subject: Subject, thrown: unknown, otherwise: ExitCode): RunResult => {
  const error = asHawserError(thrown);
  // A config that is wrong in several places says so at once.
  const { problems } = error.details;
  return answerResult(subject, exitCodeOf(error, otherwise), {
    ...(Array.isArray(problems) && { problems }),
    error: error.report(),
  });
};

/** The result of a run that did not end in time after it was told to stop. */
export const interruptedResult = (subject: Subject, signal: string, next: readonly string[]): RunResult => {
  const outcome: Outcome = subject.underWay ? "interrupted" : "untouched";
  return {
    ...answerResult(subject, 130, { next, outcome }),
    error: errors.HWS_CLI_INTERRUPTED([signal]).report(),
  };
};

/** The first event, for a verb that is no run. */
export const startEvent = (subject: Subject, version: string): RunEvent => ({
  type: "start",
  schema: 1,
  version,
  verb: subject.verb,
  application: subject.application ?? "",
  environment: subject.environment ?? "",
  run: null,
  time: subject.started,
});
