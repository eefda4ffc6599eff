import type { Command } from "commander";
import { confirmed } from "../confirm.ts";
import { inEnvironment, operate } from "../operation.ts";
import { type GlobalOptions, given, waitOf } from "../options.ts";
import type { AddCommand } from "./command.ts";

interface MaintenanceOptions extends GlobalOptions {
  readonly reason?: string;
}

export const maintenance: AddCommand = (program, invoke) => {
  const group = program
    .command("maintenance")
    .description("Put the application into maintenance on every instance, or take it out.");
  const turning =
    (state: "on" | "off") =>
    (_own: unknown, command: Command): Promise<void> => {
      const options = command.optsWithGlobals<MaintenanceOptions>();
      return invoke(options, (invocation) =>
        operate(invocation, "maintenance", 1, async (operation) => {
          const request = { state, ...given({ reason: options.reason }), ...waitOf(options) };
          const project = await operation.project();
          await confirmed(operation, project, `maintenance ${state}`);
          const engine = await operation.engine(project);
          return operation.follow(engine.maintenance({ ...request, ...inEnvironment(project) }));
        }),
      );
    };
  group
    .command("on")
    .description("Run the install plan's commands for it and record who turned it on and why.")
    .requiredOption("--reason <text>", "why; status shows it to everyone")
    .action(turning("on"));
  group
    .command("off")
    .description("Run the commands that take it back, also after a run that left it on.")
    .option("--reason <text>", "why; kept in the history")
    .action(turning("off"));
};
