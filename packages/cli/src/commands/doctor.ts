import { inEnvironment, operate } from "../operation.ts";
import type { GlobalOptions } from "../options.ts";
import { problemAnswer } from "../problem-answer.ts";
import type { AddCommand } from "./command.ts";

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
