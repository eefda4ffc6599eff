import type { DrainRequest } from "@hawser/core";
import { inEnvironment, operate } from "../operation.ts";
import { type GlobalOptions, given } from "../options.ts";
import type { AddCommand } from "./command.ts";
import { chosenBy } from "./instance-choice.ts";

interface DrainOptions extends GlobalOptions {
  readonly reason: string;
  readonly role?: string;
  readonly force?: boolean;
}

export const drain: AddCommand = (program, invoke) => {
  program
    .command("drain [instances...]")
    .description("Take instances out of the load balancers until undrain; no run puts them in again.")
    .requiredOption("--reason <text>", "why; status shows it to everyone")
    .option("--role <name>", "all instances with this role")
    .option("--force", "also when too few healthy members are left")
    .action((instances: string[], _own: unknown, command: { optsWithGlobals(): DrainOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "drain", 1, async (operation) => {
          const chosen = chosenBy(instances, options.role);
          const project = await operation.project();
          const engine = await operation.engine(project);
          const request: DrainRequest = {
            ...chosen,
            reason: options.reason,
            ...given({ force: options.force }),
            ...inEnvironment(project),
          };
          return operation.follow(engine.drain(request));
        }),
      );
    });
};
