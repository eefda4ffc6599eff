import { operate } from "../operation.ts";
import type { GlobalOptions } from "../options.ts";
import { problemAnswer } from "../problem-answer.ts";
import type { AddCommand } from "./command.ts";

export const plugin: AddCommand = (program, invoke) => {
  program
    .command("plugin")
    .description("Work on plugins of one's own.")
    .command("check <specifier>")
    .description("Load a plugin as a run would, and say what is wrong with it.")
    .action((specifier: string, _own: unknown, command: { optsWithGlobals(): GlobalOptions }) =>
      invoke(command.optsWithGlobals(), (invocation) =>
        operate(invocation, "plugin check", 2, async (operation) => {
          const core = await invocation.core();
          const problems = await core.checkPlugin(specifier, invocation.surroundings.cwd);
          return problemAnswer(problems, 1, operation.subject, invocation);
        }),
      ),
    );
};
