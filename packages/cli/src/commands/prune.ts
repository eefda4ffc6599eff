import { inEnvironment, operate } from "../operation.ts";
import { type GlobalOptions, given, waitOf } from "../options.ts";
import type { AddCommand } from "./command.ts";

interface PruneOptions extends GlobalOptions {
  readonly dryRun?: boolean;
}

export const prune: AddCommand = (program, invoke) => {
  program
    .command("prune")
    .description("Remove what is no longer kept, from instances, storage and this deployer's cache.")
    .option("--dry-run", "only say what would go")
    .action((_own: unknown, command: { optsWithGlobals(): PruneOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "prune", 1, async (operation) => {
          const wait = waitOf(options);
          const project = await operation.project();
          const engine = await operation.engine(project);
          const request = { ...wait, ...given({ dryRun: options.dryRun }), ...inEnvironment(project) };
          return operation.follow(engine.prune(request));
        }),
      );
    });
};
