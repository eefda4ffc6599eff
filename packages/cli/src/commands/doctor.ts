import type { ExitCode, Problem, RunResult } from "@hawser/core";
import { columnsOf, type Invocation } from "../invocation.ts";
import { inEnvironment, operate } from "../operation.ts";
import type { GlobalOptions } from "../options.ts";
import { answerResult, type Subject } from "../outcome.ts";
import { problemLines } from "../render/problems.ts";
import type { AddCommand } from "./command.ts";

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

export const doctor: AddCommand = (program, invoke) => {
  program
    .command("doctor")
    .description("Check every instance, tool and service, and say how to mend what is wrong.")
    .action((_own: unknown, command: { optsWithGlobals(): GlobalOptions }) =>
      invoke(command.optsWithGlobals(), (invocation) =>
        operate(invocation, "doctor", 1, async (operation) => {
          const project = await operation.project();
          const engine = await operation.engine(project);
          const problems = await engine.doctor(inEnvironment(project));
          return problemAnswer(problems, 1, operation.subject, invocation);
        }),
      ),
    );
};
