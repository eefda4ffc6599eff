import { confirmed } from "../confirm.ts";
import { inEnvironment, operate } from "../operation.ts";
import { type GlobalOptions, given, waitOf } from "../options.ts";
import type { AddCommand } from "./command.ts";

interface RollbackOptions extends GlobalOptions {
  readonly to?: string;
  readonly allowBad?: boolean;
  readonly allowIncompatible?: boolean;
  readonly message?: string;
}

export const rollback: AddCommand = (program, invoke) => {
  program
    .command("rollback")
    .description("Put an earlier release back into service.")
    .option("--to <release>", "which one (default: the last one proved good before the current)")
    .option("--allow-bad", "also one that was marked bad")
    .option("--allow-incompatible", "also over a once marked `compatible: false`")
    .option("--message <text>", "why; kept in the history")
    .action((_own: unknown, command: { optsWithGlobals(): RollbackOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "rollback", 1, async (operation) => {
          const { to, allowBad, allowIncompatible, message } = options;
          const request = { ...given({ to, allowBad, allowIncompatible, message }), ...waitOf(options) };
          const project = await operation.project();
          await confirmed(operation, project, "rollback");
          const engine = await operation.engine(project);
          return operation.follow(engine.rollback({ ...request, ...inEnvironment(project) }));
        }),
      );
    });
};
