import { inEnvironment, operate } from "../operation.ts";
import type { GlobalOptions } from "../options.ts";
import type { AddCommand } from "./command.ts";

interface StatusOptions extends GlobalOptions {
  readonly drift: boolean;
}

export const status: AddCommand = (program, invoke) => {
  program
    .command("status")
    .description("Say what every instance runs, its health, load balancer and drift.")
    .option("--no-drift", "do not compare files with what was installed")
    .action((_own: unknown, command: { optsWithGlobals(): StatusOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "status", 4, async (operation) => {
          const project = await operation.project();
          const engine = await operation.engine(project);
          const request = { drift: options.drift, ...inEnvironment(project) };
          return operation.follow(engine.status(request));
        }),
      );
    });
};
