import type { UndrainRequest } from "@hawser/core";
import { inEnvironment, operate } from "../operation.ts";
import { type GlobalOptions, given } from "../options.ts";
import type { AddCommand } from "./command.ts";
import { chosenBy } from "./instance-choice.ts";

interface UndrainOptions extends GlobalOptions {
  readonly reason?: string;
  readonly role?: string;
}

export const undrain: AddCommand = (program, invoke) => {
  program
    .command("undrain [instances...]")
    .description("Put instances in again that run the desired release and are healthy.")
    .option("--reason <text>", "why; kept in the history")
    .option("--role <name>", "all instances with this role")
    .action((instances: string[], _own: unknown, command: { optsWithGlobals(): UndrainOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "undrain", 1, async (operation) => {
          const chosen = chosenBy(instances, options.role);
          const project = await operation.project();
          const engine = await operation.engine(project);
          const request: UndrainRequest = {
            ...chosen,
            ...given({ reason: options.reason }),
            ...inEnvironment(project),
          };
          return operation.follow(engine.undrain(request));
        }),
      );
    });
};
