import { momentOf } from "../moment.ts";
import { inEnvironment, operate } from "../operation.ts";
import { type GlobalOptions, given } from "../options.ts";
import { answerResult } from "../outcome.ts";
import { holdLine } from "../render/hold.ts";
import type { AddCommand } from "./command.ts";

interface HoldOptions extends GlobalOptions {
  readonly reason: string;
  readonly until?: string;
}

export const hold: AddCommand = (program, invoke) => {
  program
    .command("hold")
    .description(
      "Stop deploys of the environment, also one under way before its next wave; never a rollback.",
    )
    .requiredOption("--reason <text>", "why; everyone whose deploy is stopped reads it")
    .option("--until <time>", "when it ends by itself: 2026-01-31T18:00+01:00, or 2h, 30m from now")
    .action((_own: unknown, command: { optsWithGlobals(): HoldOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "hold", 1, async (operation) => {
          const { reason } = options;
          const until = options.until === undefined ? undefined : momentOf("--until", options.until);
          const project = await operation.project();
          const engine = await operation.engine(project);
          const request = { reason, ...given({ until }), ...inEnvironment(project) };
          const { hold: held } = await engine.hold(request);
          return {
            result: answerResult(operation.subject, 0, { hold: held }),
            lines: held === undefined ? [] : [holdLine(held)],
          };
        }),
      );
    });
};
