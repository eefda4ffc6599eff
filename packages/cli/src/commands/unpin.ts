import { inEnvironment, operate } from "../operation.ts";
import { type GlobalOptions, given } from "../options.ts";
import { answerResult } from "../outcome.ts";
import { escapeLine } from "../render/escape.ts";
import { pinLine } from "../render/pin.ts";
import type { AddCommand } from "./command.ts";

interface UnpinOptions extends GlobalOptions {
  readonly reason?: string;
}

export const unpin: AddCommand = (program, invoke) => {
  program
    .command("unpin <release>")
    .description("Leave a pinned release to retention again.")
    .option("--reason <text>", "why; kept in the history")
    .action((release: string, _own: unknown, command: { optsWithGlobals(): UnpinOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "unpin", 1, async (operation) => {
          const project = await operation.project();
          const engine = await operation.engine(project);
          const request = { release, ...given({ reason: options.reason }), ...inEnvironment(project) };
          const { pin, changed } = await engine.unpin(request);
          const fields = { outcome: changed ? "done" : "unchanged", release, ...given({ pin }) };
          return {
            result: answerResult(operation.subject, 0, fields),
            lines: [
              pin === undefined
                ? `release ${escapeLine(release)} is not pinned`
                : pinLine(pin, "is no longer pinned; it was"),
            ],
          };
        }),
      );
    });
};
