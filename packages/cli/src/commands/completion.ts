import { Argument, type Command } from "commander";
import { completionScript, type Shell, shells } from "../completion/script.ts";
import { operate } from "../operation.ts";
import type { GlobalOptions } from "../options.ts";
import { answerResult } from "../outcome.ts";
import type { AddCommand } from "./command.ts";

export const completion: AddCommand = (program, invoke) => {
  program
    .command("completion")
    .description("Print the completion script of a shell.")
    .addArgument(new Argument("<shell>", "which shell").choices(shells))
    .action((shell: Shell, _own: unknown, command: Command) =>
      invoke(command.optsWithGlobals<GlobalOptions>(), (invocation) =>
        operate(invocation, "completion", 2, async (operation) => {
          const script = completionScript(shell, program);
          return { result: answerResult(operation.subject, 0, { script }), lines: [script] };
        }),
      ),
    );
};
