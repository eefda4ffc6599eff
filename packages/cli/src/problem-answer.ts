import type { ExitCode, Problem, RunResult } from "@hawser/core/plugin";
import { columnsOf, type Invocation } from "./invocation.ts";
import { answerResult, type Subject } from "./outcome.ts";
import { problemLines } from "./render/problems.ts";

/** The answer of a verb that gathers problems: `wrong` is its exit code when one of them is an error. */
export const problemAnswer = (
  problems: readonly Problem[],
  wrong: ExitCode,
  subject: Subject,
  invocation: Invocation,
): { result: RunResult; lines: string[] } => ({
  result: answerResult(subject, problems.some(({ severity }) => severity === "error") ? wrong : 0, {
    problems,
  }),
  lines: problemLines(problems, invocation.style, columnsOf(invocation)),
});
