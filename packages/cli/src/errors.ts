import { defineErrors, type ErrorEntry, type ErrorFields, type HawserError } from "@hawser/core/plugin";

type Maker<A extends readonly unknown[]> = (args: A, fields?: ErrorFields) => HawserError;
const entry = <A extends readonly unknown[]>(value: ErrorEntry<A>): ErrorEntry<A> => value;

/** Every code and text of the command line. */
export const errors: {
  readonly HWS_CLI_USAGE: Maker<[message: string]>;
  readonly HWS_CLI_CONFIRM: Maker<[environment: string]>;
  readonly HWS_CLI_REFUSED: Maker<[environment: string]>;
  readonly HWS_CLI_FILE_EXISTS: Maker<[file: string]>;
  readonly HWS_CLI_FILE_UNWRITABLE: Maker<[file: string, reason: string]>;
  readonly HWS_CLI_RUN_UNKNOWN: Maker<[run: string | null]>;
  readonly HWS_CLI_PLAN_UNREADABLE: Maker<[file: string, reason: string]>;
  readonly HWS_CLI_PLAN_INEXACT: Maker<[revision: string]>;
  readonly HWS_CLI_CANNOT_ASK: Maker<[]>;
  readonly HWS_CLI_CANCELLED: Maker<[]>;
  readonly HWS_CLI_INTERRUPTED: Maker<[signal: string]>;
  readonly HWS_CLI_BUG: Maker<[message: string]>;
} = defineErrors({
  HWS_CLI_USAGE: entry({
    message: (message: string) => message,
    hint: "`hawser help` lists the verbs, `hawser <verb> --help` its options.",
  }),
  HWS_CLI_CONFIRM: entry({
    message: (environment: string) =>
      `${environment} asks for its name before anything is changed, and nobody can answer here`,
    hint: "Give --yes when you mean it.",
  }),
  HWS_CLI_REFUSED: entry({
    message: (environment: string) => `what was typed is not "${environment}", so nothing was started`,
    hint: "Type the environment's name exactly, or give --yes.",
  }),
  HWS_CLI_FILE_EXISTS: entry({
    message: (file: string) => `${file} is there already and is never overwritten`,
    hint: "Edit it, move it away, or name another file with -c.",
  }),
  HWS_CLI_FILE_UNWRITABLE: entry({
    message: (file: string, reason: string) => `${file} could not be written: ${reason}`,
    hint: "Check the folder and its permissions.",
  }),
  HWS_CLI_RUN_UNKNOWN: entry({
    message: (run: string | null) => (run === null ? "there is no run yet" : `there is no run ${run} here`),
    hint: "`hawser history` lists the runs of an environment.",
  }),
  HWS_CLI_PLAN_UNREADABLE: entry({
    message: (file: string, reason: string) => `${file} is no plan: ${reason}`,
    hint: "Make one with `hawser plan --out FILE`.",
  }),
  HWS_CLI_PLAN_INEXACT: entry({
    message: (revision: string) =>
      `no plan was written: ${revision} does not name one state of the source for ever`,
    hint: "Give --build: then the bytes themselves are what is planned.",
  }),
  HWS_CLI_CANNOT_ASK: entry({
    message: () => "init has questions, and nobody can answer here",
    hint: "Give --yes to take what is usual, then edit the file.",
  }),
  HWS_CLI_CANCELLED: entry({ message: () => "cancelled at a question, so nothing was done" }),
  HWS_CLI_INTERRUPTED: entry({
    message: (signal: string) => `interrupted by ${signal}`,
    hint: "Nothing is undone by itself: the next commands go on with the run or put it back.",
  }),
  HWS_CLI_BUG: entry({
    message: (message: string) => `the command line failed in a way it should not: ${message}`,
    hint: "Please report it with the output of the same command under HAWSER_TRACE=1.",
  }),
});
