import { confirmed } from "../confirm.ts";
import { inEnvironment, operate } from "../operation.ts";
import { type GlobalOptions, given } from "../options.ts";
import { answerResult } from "../outcome.ts";
import { holdLine } from "../render/hold.ts";
import type { AddCommand } from "./command.ts";

interface UnholdOptions extends GlobalOptions {
  readonly reason?: string;
}

export const unhold: AddCommand = (program, invoke) => {
  program
    .command("unhold")
    .description("Let deploys of the environment go again.")
    .option("--reason <text>", "why; kept in the history")
    .action((_own: unknown, command: { optsWithGlobals(): UnholdOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "unhold", 1, async (operation) => {
          const project = await operation.project();
          await confirmed(operation, project, "unhold");
          const engine = await operation.engine(project);
          const request = { ...given({ reason: options.reason }), ...inEnvironment(project) };
          const { hold, changed } = await engine.unhold(request);
          const fields = { outcome: changed ? "done" : "unchanged", ...given({ hold }) };
          return {
            result: answerResult(operation.subject, 0, fields),
            lines:
              hold === undefined
                ? ["deploys were not held"]
                : ["deploys may go again", `until now ${holdLine(hold)}`],
          };
        }),
      );
    });
};
