import { confirmed } from "../confirm.ts";
import { inEnvironment, operate } from "../operation.ts";
import type { GlobalOptions } from "../options.ts";
import { answerResult } from "../outcome.ts";
import type { AddCommand } from "./command.ts";

export const unlock: AddCommand = (program, invoke) => {
  program
    .command("unlock <id>")
    .description("Free a lock whose owner is known to be dead; the id is in the message of who is held up.")
    .action((id: string, _own: unknown, command: { optsWithGlobals(): GlobalOptions }) =>
      invoke(command.optsWithGlobals(), (invocation) =>
        operate(invocation, "unlock", 1, async (operation) => {
          const project = await operation.project();
          await confirmed(operation, project, "unlock");
          const engine = await operation.engine(project);
          await engine.unlock({ id, ...inEnvironment(project) });
          return {
            result: answerResult(operation.subject, 0),
            lines: [`the lock ${id} is free`],
          };
        }),
      ),
    );
};
