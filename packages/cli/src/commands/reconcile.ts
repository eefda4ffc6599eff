import { inEnvironment, operate } from "../operation.ts";
import { type GlobalOptions, given } from "../options.ts";
import type { AddCommand } from "./command.ts";

interface ReconcileOptions extends GlobalOptions {
  readonly instance?: string;
}

export const reconcile: AddCommand = (program, invoke) => {
  program
    .command("reconcile")
    .description("Compare what is desired with what is, once, and mend it.")
    .option("--instance <id>", "only this one")
    .action((_own: unknown, command: { optsWithGlobals(): ReconcileOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "reconcile", 1, async (operation) => {
          const project = await operation.project();
          const engine = await operation.engine(project);
          const request = { ...given({ instance: options.instance }), ...inEnvironment(project) };
          return operation.follow(engine.reconcile(request));
        }),
      );
    });
};
