import { operate, projectRequest } from "../operation.ts";
import type { GlobalOptions } from "../options.ts";
import { problemAnswer } from "../problem-answer.ts";
import type { AddCommand } from "./command.ts";

export const validate: AddCommand = (program, invoke) => {
  program
    .command("validate")
    .description("Check the config, offline: every problem with its path and line.")
    .action((_own: unknown, command: { optsWithGlobals(): GlobalOptions }) =>
      invoke(command.optsWithGlobals(), (invocation) =>
        operate(invocation, "validate", 2, async (operation) => {
          const core = await invocation.core();
          const problems = await core.validate(projectRequest(invocation));
          return problemAnswer(problems, 2, operation.subject, invocation);
        }),
      ),
    );
};
